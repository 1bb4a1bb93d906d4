import { mayBeOfTable } from '../error-codes.ts';
import { CdcError } from '../errors.ts';
import { tableKey, type TableName } from '../task/task.ts';

/** An error that is one table's own. */
export class TableError extends CdcError {
  /** The source table (`database.table`). */
  readonly table: string;
  readonly source: TableName;

  constructor(table: TableName, error: CdcError) {
    super(error.code, error.message, { cause: error.cause ?? error });
    this.name = 'TableError';
    this.lostAfter = error.lostAfter;
    this.table = tableKey(table);
    this.source = table;
  }
}

/** What was thrown in work that is for one source table alone, with the table's name where it is the table's own. */
export const asTableError = (table: TableName, thrown: unknown): unknown =>
  thrown instanceof CdcError && !(thrown instanceof TableError) && mayBeOfTable(thrown.code)
    ? new TableError(table, thrown)
    : thrown;

/** Does work that is for one source table alone. */
export async function attributeErrorsTo<T>(table: TableName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asTableError(table, error);
  }
}

/** Reads what belongs to one source table alone. Errors of whoever takes the items are not its own. */
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
