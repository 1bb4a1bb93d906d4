import type { Ends } from './ends.ts';
import type { Pin } from './position.ts';
import type { Session } from './session.ts';
import type { Chunk, ExistingRows, SinkTable } from './sink.ts';
import type { KeyRange } from './source.ts';

/**
 * A table has no more chunks than this, or little more, however large it is: its plan is held in memory, stored in one
 * transaction and looked through at each claim. Beyond `chunkRows` times this number of rows, chunks grow with the table.
 */
export const MOST_CHUNKS = 50_000;

export const rowsPerChunk = (chunkRows: number, rows: number, most = MOST_CHUNKS): number =>
  Math.max(chunkRows, Math.ceil(rows / most));

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
  const ranges = await source.planRanges(table.schema, pin, spec.options.chunkRows);
  await sink.planLoad(table, generation, ranges, existingRows);
  return (await sink.chunks(table, generation)) ?? [];
}

/** The ranges of a table of the first copy; `rows`: how many it has, where they were counted. */
export async function loadRanges(
  session: Session,
  { source }: Ends,
  { schema }: SinkTable,
  pin: Pin,
  rows: number | undefined,
): Promise<KeyRange[]> {
  const total = rows ?? (await count(session, () => source.countRows(schema.table, pin)));
  return source.planRanges(schema, pin, rowsPerChunk(session.record.spec.options.chunkRows, total));
}

/** Should the table be at fault, planning it will say so. */
async function count(session: Session, counting: () => Promise<number>): Promise<number> {
  try {
    return await counting();
  } catch {
    session.signal.throwIfAborted();
    return 0;
  }
}
