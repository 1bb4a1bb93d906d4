import { expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import { isUnsupportedByServer } from '../../../../lib/matrixone/server/unsupported-by-server.ts';

const driver = (errno: number, message: string, code = ''): Error => Object.assign(new Error(message), { errno, code });

it.each([
  [true, 'a version without a column', driver(20_101, 'internal error: column "attr_has_generated" does not exist')],
  [true, 'a version without a function', driver(20_105, 'not supported: function or operator')],
  [true, 'no right', driver(20_101, 'internal error: do not have privilege to execute the statement')],
  [false, 'a lost connection', driver(-104, 'read ECONNRESET', 'ECONNRESET')],
  [false, 'a lost pin', driver(20_101, 'internal error: find 0 snapshot records by name(s), expect only 1')],
  [false, 'a wrong password', driver(1045, 'internal error: check password failed')],
  [false, 'an abort', new Error('enough')],
])('%s: %s', (nothing, _what, error) => {
  expect(isUnsupportedByServer(error)).toBe(nothing);
  expect(isUnsupportedByServer(new CdcError('SOURCE_ERROR', 'The source failed.', { cause: error }))).toBe(nothing);
});
