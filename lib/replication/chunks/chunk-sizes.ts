import type { Endpoints } from '../tables/endpoints.ts';
import type { Pin } from '../../data/position.ts';
import type { Session, SessionStop } from '../session/session.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { KeyRange, RangeSize } from '../endpoints/source.ts';
import { chunkSize } from './transaction-limits.ts';

/**
 * About the most chunks that a table has, however large it is: workers search its plan for each claim, and a resync
 * holds it in memory. A table with more than this many times `chunkRows` rows gets larger chunks.
 */
export const MOST_CHUNKS = 50_000;

export const rowsPerChunk = (chunkRows: number, rows: number, most = MOST_CHUNKS): number =>
  Math.max(chunkRows, Math.ceil(rows / most));

/**
 * The size of a table's chunks. `total`: its number of rows at the pin, undefined when they were not counted. `use` as
 * for chunkSize.
 */
export async function sizeFor(
  session: Session,
  ends: Endpoints,
  { schema }: SinkTable,
  pin: Pin,
  use: 'load' | 'compare',
  total?: number,
): Promise<RangeSize> {
  const counted = total ?? (await count(session, () => ends.source.countRows(schema.table, pin)));
  const { rows, bytes } = await chunkSize(session, ends, use);
  return { rows: rowsPerChunk(rows, counted), bytes };
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
