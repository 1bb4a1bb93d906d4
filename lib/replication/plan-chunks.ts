import type { Ends } from './ends.ts';
import type { Pin } from './position.ts';
import type { Session } from './session.ts';
import type { Chunk, ExistingRows, SinkTable } from './sink.ts';
import { chunkSize } from './transaction-limits.ts';

/** The plan is made once and stored at the sink, so that every later worker finds the same chunks. */
export async function planChunks(
  session: Session,
  ends: Ends,
  table: SinkTable,
  pin: Pin,
  existingRows: ExistingRows,
): Promise<Chunk[]> {
  const { source, sink } = ends;
  const { generation } = session.record;
  const known = await sink.chunks(table, generation);
  if (known !== undefined) return known;
  const size = await chunkSize(session, ends, existingRows === 'keep' ? 'compare' : 'load');
  const ranges = await source.planRanges(table.schema, pin, size);
  await sink.planLoad(table, generation, ranges, existingRows);
  return (await sink.chunks(table, generation)) ?? [];
}
