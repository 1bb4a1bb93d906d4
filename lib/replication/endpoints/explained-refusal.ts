import type { Changes } from '../../data/row-block.ts';
import { explainedRefusal, isErrorOf } from '../../data/table-error.ts';
import type { SinkWriter } from './sink.ts';
import type { SinkTable } from './sink-tables.ts';

/**
 * The error with the key and column of the row that the sink refused in a transaction over these tables, where it did
 * not say (see explainedRefusal). The sink looks for the row among the changes, which `read` gives once more. Call it
 * after the failed transaction is rolled back: the look needs its locks.
 */
export async function explainedAmong(
  sink: Pick<SinkWriter, 'explainRefusal'>,
  thrown: unknown,
  tables: readonly SinkTable[],
  read: (table: SinkTable) => AsyncIterable<Changes>,
): Promise<unknown> {
  const table = tables.find(({ schema }) => isErrorOf(schema.table, thrown));
  if (table === undefined) return thrown;
  const changes = { [Symbol.asyncIterator]: () => read(table)[Symbol.asyncIterator]() };
  return await explainedRefusal(thrown, ({ code }) => sink.explainRefusal(table, code, changes));
}
