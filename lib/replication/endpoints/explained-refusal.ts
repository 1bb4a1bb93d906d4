import { isOfScope } from '../../error-codes.ts';
import { tableKey } from '../../task/task.ts';
import type { Changes } from '../../data/row-block.ts';
import { TableError, withRefusedRow } from '../../data/table-error.ts';
import type { SinkWriter } from './sink.ts';
import type { SinkTable } from './sink-tables.ts';

/**
 * If the sink refused a row and did not say which one, returns the error with the row's key and column: the sink looks
 * for the row among the changes, which `read` gives once more. Otherwise, or if the sink does not find the row, returns
 * the error as it is. Call it after the failed transaction is rolled back: the look needs its locks.
 */
export async function explainedRefusal(
  sink: Pick<SinkWriter, 'explainRefusal'>,
  thrown: unknown,
  tables: readonly SinkTable[],
  read: (table: SinkTable) => AsyncIterable<Changes>,
): Promise<unknown> {
  if (!(thrown instanceof TableError) || !isOfScope(thrown.code, 'row') || thrown.refusedRow !== undefined)
    return thrown;
  const table = tables.find(({ schema }) => tableKey(schema.table) === thrown.table);
  if (table === undefined) return thrown;
  const changes = { [Symbol.asyncIterator]: () => read(table)[Symbol.asyncIterator]() };
  try {
    const said = await sink.explainRefusal(table, thrown.code, changes);
    return said === undefined ? thrown : withRefusedRow(thrown, said);
  } catch {
    // The refusal matters more than an error of the look.
    return thrown;
  }
}
