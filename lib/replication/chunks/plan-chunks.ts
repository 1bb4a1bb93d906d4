import type { Endpoints } from '../tables/endpoints.ts';
import type { Pin } from '../../data/position.ts';
import type { Session, SessionStop } from '../session/session.ts';
import type { Chunk, ExistingRows } from '../endpoints/chunk-plans.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { KeyRange } from '../endpoints/source.ts';
import { chunkSize } from './transaction-limits.ts';

/**
 * About the most chunks that a table has, however large it is: workers hold its plan in memory, store it in one
 * transaction and search it for each claim. A table with more than this many times `chunkRows` rows gets larger chunks.
 */
export const MOST_CHUNKS = 50_000;

export const rowsPerChunk = (chunkRows: number, rows: number, most = MOST_CHUNKS): number =>
  Math.max(chunkRows, Math.ceil(rows / most));

/** Makes the plan once and stores it at the sink, so that every later worker finds the same chunks. */
export async function planChunks(
  session: Session,
  { sink }: Pick<Endpoints, 'sink'>,
  table: SinkTable,
  ranges: () => Promise<readonly KeyRange[]>,
  existingRows: ExistingRows,
): Promise<Chunk[]> {
  const { generation } = session.record;
  const known = await sink.chunks(table, generation);
  if (known !== undefined) return known;
  await sink.planLoad(table, generation, await ranges(), existingRows);
  return (await sink.chunks(table, generation)) ?? [];
}

/** The ranges that `planChunks` plans. */
export async function chunkRanges(
  session: Session,
  ends: Endpoints,
  { schema }: SinkTable,
  pin: Pin,
  existingRows: ExistingRows,
): Promise<KeyRange[]> {
  const size = await chunkSize(session, ends, existingRows === 'keep' ? 'compare' : 'load');
  return fewerRanges(await ends.source.planRanges(schema, pin, size));
}

/** The ranges of a table of the load. `total`: its number of rows, undefined when they were not counted. */
export async function loadRanges(
  session: Session,
  ends: Endpoints,
  { schema }: SinkTable,
  pin: Pin,
  total: number | undefined,
): Promise<KeyRange[]> {
  const { source } = ends;
  const counted = total ?? (await count(session, () => source.countRows(schema.table, pin)));
  const { rows, bytes } = await chunkSize(session, ends, 'load');
  return fewerRanges(await source.planRanges(schema, pin, { rows: rowsPerChunk(rows, counted), bytes }));
}

/**
 * Joins neighbours where there are too many ranges. Large rows can cause that, since `chunkBytes` limits a range too.
 */
export function fewerRanges(ranges: readonly KeyRange[], most = MOST_CHUNKS): KeyRange[] {
  const joined = Math.ceil(ranges.length / most);
  return ranges.flatMap(({ lower }, i) =>
    i % joined === 0 ? [{ lower, upper: ranges[Math.min(i + joined, ranges.length) - 1]?.upper }] : [],
  );
}

/** Returns 0 when counting fails: if the table is at fault, planning it fails too. */
async function count(session: SessionStop, counting: () => Promise<number>): Promise<number> {
  try {
    return await counting();
  } catch {
    session.signal.throwIfAborted();
    return 0;
  }
}
