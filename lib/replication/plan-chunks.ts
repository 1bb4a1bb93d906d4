import type { Ends } from './ends.ts';
import type { Pin } from './position.ts';
import type { Session } from './session.ts';
import type { Chunk, ExistingRows, SinkTable } from './sink.ts';

/** The plan is made once and stored at the sink, so that every later worker finds the same chunks. */
export async function planChunks(
  session: Session,
  { source, sink }: Ends,
  table: SinkTable,
  pin: Pin,
  existingRows: ExistingRows,
): Promise<Chunk[]> {
  const { generation, spec } = session.record;
  const known = await sink.chunks(table, generation);
  if (known !== undefined) return known;
  const { chunkRows: rows, chunkBytes: bytes } = spec.options;
  const ranges = await source.planRanges(table.schema, pin, { rows, bytes });
  await sink.planLoad(table, generation, ranges, existingRows);
  return (await sink.chunks(table, generation)) ?? [];
}
