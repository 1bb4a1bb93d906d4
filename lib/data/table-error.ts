import { isOfScope, mayBeOfTable } from '../error-codes.ts';
import { CdcError } from '../errors.ts';
import { tableKey, type TableName, type TableKey } from '../task/task.ts';

/** An error of one table alone. */
export class TableError extends CdcError {
  /** The source table (`database.table`). */
  readonly table: TableKey;
  readonly source: TableName;

  constructor(table: TableName, error: CdcError) {
    super(error.code, error.message, { cause: error.cause ?? error });
    this.name = 'TableError';
    this.lostAfter = error.lostAfter;
    this.refusedRow = error.refusedRow;
    this.table = tableKey(table);
    this.source = table;
  }
}

export const isErrorOf = (table: TableName, thrown: unknown): boolean =>
  thrown instanceof TableError && thrown.table === tableKey(table);

/**
 * Turns an error of work for one source table into a TableError, if its code may be of a table; returns others as they
 * are.
 */
export const asTableError = (table: TableName, thrown: unknown): unknown =>
  thrown instanceof CdcError && !(thrown instanceof TableError) && mayBeOfTable(thrown.code)
    ? new TableError(table, thrown)
    : thrown;

/** The error, of the same code and table, whose message also tells the refused row (see CdcError.refusedRow). */
export function withRefusedRow(thrown: CdcError, refusedRow: string): CdcError {
  const { message } = thrown;
  // A server's own words seldom end with a full stop.
  const sentence = /[.!?]$/u.test(message) ? message : `${message}.`;
  const error = new CdcError(thrown.code, `${sentence} ${refusedRow}`, { cause: thrown.cause });
  error.refusedRow = refusedRow;
  return thrown instanceof TableError ? new TableError(thrown.source, error) : error;
}

/**
 * The error with the refused row that `find` tells, if the sink refused a row and did not say which one. Otherwise, or if
 * `find` does not find the row or fails, the error as it is: the refusal matters more than an error of the look.
 */
export async function explainedRefusal(
  thrown: unknown,
  find: (refusal: CdcError) => Promise<string | undefined>,
): Promise<unknown> {
  if (!(thrown instanceof CdcError) || !isOfScope(thrown.code, 'row') || thrown.refusedRow !== undefined) return thrown;
  try {
    const said = await find(thrown);
    return said === undefined ? thrown : withRefusedRow(thrown, said);
  } catch {
    return thrown;
  }
}

/** Does work for one source table: its errors become TableErrors (see asTableError). */
export async function attributeErrorsTo<T>(table: TableName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asTableError(table, error);
  }
}

/** Reads items of one source table: errors of the reading become TableErrors, and errors of the consumer do not. */
export async function* attributeItemsTo<T>(
  table: TableName,
  items: AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await attributeErrorsTo(table, () => iterator.next());
      if (next.done === true) break;
      yield next.value;
    }
    ended = true;
  } finally {
    if (!ended) await iterator.return?.();
  }
}
