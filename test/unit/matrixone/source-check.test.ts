import { expect, test } from 'vitest';
import { refuseVersion } from '../../../lib/matrixone/source-check.ts';

test.each(['8.0.30-MatrixOne-v4.2.0', '8.0.30-MatrixOne-v3.0.18', '8.0.30-MatrixOne-v3.1.0', '8.0.30-MatrixOne-main'])(
  '%s will do as the source',
  (version) => {
    expect(() => {
      refuseVersion(version);
    }).not.toThrow();
  },
);

test.each(['8.0.30-MatrixOne-v3.0.17', '8.0.30-MatrixOne-v2.9.99', '10.11.19-MariaDB-log', '8.0.36', ''])(
  '%s will not',
  (version) => {
    expect(() => {
      refuseVersion(version);
    }).toThrow(expect.objectContaining({ code: 'SOURCE_UNSUPPORTED' }));
  },
);
