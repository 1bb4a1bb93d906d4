import { expect, test } from 'vitest';
import { matrixoneDialect } from '../../../lib/matrixone/matrixone-dialect.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';

test.each([
  ['8.0.36', true, false],
  ['8.4.2-log', true, false],
  ['10.11.19-MariaDB-0+deb12u1', true, false],
  ['11.4.2-MariaDB', true, false],
  ['5.7.44', false, false],
  ['8.0.30-MatrixOne-v4.2.0', false, true],
])('%s: fit for mysql %s, for matrixone %s', (version, mysql, matrixone) => {
  expect(mysqlDialect.unsuitable(version) === undefined).toBe(mysql);
  expect(matrixoneDialect.unsuitable(version) === undefined).toBe(matrixone);
});
