import { CdcError } from '../../errors.ts';
import { driverError, type Failure } from '../../wire/failure.ts';
import { failureOf } from './failure-of.ts';

/** Failures of a statement over many tables that one of them, or the server's version, is to blame for. */
const TELLS_NOTHING: ReadonlySet<Failure> = new Set([
  'table-missing',
  'database-missing',
  'column-missing',
  'privilege',
  'schema-changed',
  'value-rejected',
  'other',
]);

/**
 * Is it the answer of a server that cannot tell, where a shortcut was tried? Only what a server says: an abort, for
 * example, is none, nor is a lost connection or a lost pin.
 */
export function isUnsupportedByServer(error: unknown): boolean {
  const { errno } = driverError(error instanceof CdcError && error.cause !== undefined ? error.cause : error);
  return errno > 0 && TELLS_NOTHING.has(failureOf(error));
}
