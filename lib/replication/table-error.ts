import type { ErrorCode } from '../error-codes.ts';
import { CdcError } from '../errors.ts';
import { tableKey, type TableName } from '../task/task.ts';

/** What may be wrong with one table while the others are fine. Everything else concerns a whole end, or the worker. */
const OF_ONE_TABLE: ReadonlySet<ErrorCode> = new Set([
  'SOURCE_DATABASE_MISSING',
  'SOURCE_TABLE_MISSING',
  'SOURCE_PRIVILEGE',
  'SOURCE_ERROR',
  'TABLE_WITHOUT_KEY',
  'TABLE_KIND_UNSUPPORTED',
  'TYPE_UNSUPPORTED',
  'SCHEMA_CHANGED',
  'SINK_DATABASE_MISSING',
  'SINK_TABLE_MISMATCH',
  'SINK_TABLE_NOT_EMPTY',
  'SINK_ROW_REJECTED',
  'SINK_ROW_TOO_LARGE',
  'SINK_DUPLICATE_KEY',
  'SINK_PRIVILEGE',
  'SINK_ERROR',
]);

/** An error that is one table's own. */
export class TableError extends CdcError {
  /** The source table (`database.table`). */
  readonly table: string;

  constructor(table: TableName, error: CdcError) {
    super(error.code, error.message, { cause: error.cause ?? error });
    this.name = 'TableError';
    this.table = tableKey(table);
  }
}

/** What was thrown in work that is for one source table alone, with the table's name where it is the table's own. */
export const asTableError = (table: TableName, thrown: unknown): unknown =>
  thrown instanceof CdcError && !(thrown instanceof TableError) && OF_ONE_TABLE.has(thrown.code)
    ? new TableError(table, thrown)
    : thrown;

/** Does work that is for one source table alone. */
export async function ofTable<T>(table: TableName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asTableError(table, error);
  }
}

/** Reads what belongs to one source table alone. Errors of whoever takes the items are not its own. */
export async function* itemsOfTable<T>(table: TableName, items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await ofTable(table, () => iterator.next());
      if (next.done === true) break;
      yield next.value;
    }
    ended = true;
  } finally {
    if (!ended) await iterator.return?.();
  }
}
