import { CdcError, isCdcError } from '../../../errors.ts';
import { driverError, type Failure } from '../../../wire/failure.ts';
import { tableKey, type TableName } from '../../../task/task.ts';
import { failureOf } from '../../server/failure-of.ts';

/**
 * Failures of a statement that the server cannot carry out. Missing tables, rights, locks and server trouble are
 * others.
 */
const UNREADABLE: ReadonlySet<Failure> = new Set(['value-rejected', 'other']);

/**
 * Can the server not compute this diff for good? Snapshots hold the rows at both ends, but not the history between
 * them. Once that was merged and collected, 4.2.0 always answers 20405 (upstream's issue 27451). Some keys and values
 * make it fail as well. The diff may also leave changes out (whole-diff.ts).
 */
export const isUnreadable = (error: unknown): error is CdcError =>
  isCdcError(error, 'CHANGES_UNREADABLE') ||
  (isCdcError(error, 'SOURCE_ERROR') && driverError(error.cause).errno > 0 && UNREADABLE.has(failureOf(error)));

/** The error for callers that cannot use the result of a comparison. */
export const unreadable = (table: TableName, error: CdcError): CdcError => {
  if (error.code === 'CHANGES_UNREADABLE') return error;
  const message = `The source cannot tell the changes of ${tableKey(table)}: ${error.message}`;
  return new CdcError('CHANGES_UNREADABLE', message, { cause: error });
};
