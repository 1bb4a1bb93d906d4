import { CdcError, isCdcError } from '../../../errors.ts';
import { driverError, type Failure } from '../../../wire/failure.ts';
import { tableKey, type TableName } from '../../../task/task.ts';
import { failureOf } from '../../server/failure-of.ts';

/** What a server says of a statement that it cannot carry out, and not of a table, a right, a lock or itself. */
const UNREADABLE: ReadonlySet<Failure> = new Set(['value-rejected', 'other']);

/**
 * Can the server not compute this diff, whatever is held? Snapshots hold the rows at both ends, and not what led from one to
 * the other: once that was merged and collected, 4.2.0 answers 20405 for good (upstream's issue 27451). For some keys and
 * values it fails by itself. It may also leave changes out (whole-diff.ts).
 */
export const isUnreadable = (error: unknown): error is CdcError =>
  isCdcError(error, 'CHANGES_UNREADABLE') ||
  (isCdcError(error, 'SOURCE_ERROR') && driverError(error.cause).errno > 0 && UNREADABLE.has(failureOf(error)));

/** For whoever cannot do with the result of a comparison. */
export const unreadable = (table: TableName, error: CdcError): CdcError => {
  if (error.code === 'CHANGES_UNREADABLE') return error;
  const message = `The source cannot tell the changes of ${tableKey(table)}: ${error.message}`;
  return new CdcError('CHANGES_UNREADABLE', message, { cause: error });
};
