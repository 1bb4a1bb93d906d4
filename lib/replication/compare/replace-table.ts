import type { Change } from '../../data/change.ts';
import type { Endpoints } from '../tables/endpoints.ts';
import { WHOLE } from '../../data/key-position.ts';
import type { Pin } from '../../data/position.ts';
import type { FenceStep } from '../endpoints/sink.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { SourceRows } from '../endpoints/source.ts';

/**
 * Every row of a table at a pin as a change. The first batch is empty, so that a table without rows is replaced, too.
 */
export async function* everyRow(source: SourceRows, { schema }: SinkTable, pin: Pin): AsyncGenerator<Change[]> {
  yield [];
  for await (const rows of source.readRange(schema, pin, WHOLE)) {
    yield Array.from(rows, (row) => ({ deleted: false, row }));
  }
}

/**
 * Replaces the rows of a sink table without a key by those of its source table at a pin, in one transaction, however
 * many rows there are. Safe to repeat. Returns the number of rows.
 */
export async function replaceTable(
  signal: AbortSignal,
  { source, sink }: Endpoints,
  table: SinkTable,
  pin: Pin,
  step: FenceStep,
): Promise<number> {
  const batch = sink.beginBatch('replace');
  let rows = 0;
  try {
    for await (const changes of everyRow(source, table, pin)) {
      signal.throwIfAborted();
      await batch.add(table, changes);
      rows += changes.length;
    }
    await batch.commit(step);
    return rows;
  } catch (error) {
    await batch.rollback();
    throw error;
  }
}
