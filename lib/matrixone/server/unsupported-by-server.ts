import { CdcError } from '../../errors.ts';
import { driverError, type Failure } from '../../wire/failure.ts';
import { failureOf } from './failure-of.ts';

/** Failures of a statement over many tables that a single table or the server's version may cause. */
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
 * Did the server answer that it cannot run a shortcut? Only answers of the server count. An abort, a lost connection
 * and a lost pin do not.
 */
export function isUnsupportedByServer(error: unknown): boolean {
  const { errno } = driverError(error instanceof CdcError && error.cause !== undefined ? error.cause : error);
  return errno > 0 && TELLS_NOTHING.has(failureOf(error));
}
