import type { Progress, TableProgress } from './progress.ts';
import { MOST_SHOWN, NOTHING_YET } from './table-room.ts';

/** How long the rest of a load takes at the pace of this run; null where that cannot be told. Milliseconds. */
export interface LoadEstimate {
  /** The rows of one table alone. */
  table(key: string): number | null;
  /** All of them. */
  readonly task: number | null;
}

/** `tables`: those to load, by source name. */
export function estimateLoad(progress: Progress, tables: readonly string[], now: number): LoadEstimate {
  const pace = paceOf(progress, now);
  const timeFor = (rows: number | null): number | null =>
    rows === 0 ? 0 : rows === null || pace === 0 ? null : Math.ceil(rows / pace);
  const left = (key: string): number | null => rowsLeft(progress.tables[key] ?? NOTHING_YET);
  // Of more tables than are shown nobody knows the rest.
  const all = tables.length < MOST_SHOWN ? tables.map(left) : [null];
  return {
    table: (key) => timeFor(left(key)),
    task: timeFor(all.reduce((sum, rows) => (sum === null || rows === null ? null : sum + rows), 0)),
  };
}

/** Rows in a millisecond; 0 as long as none have been loaded. */
function paceOf({ loadRun, rowsLoaded }: Progress, now: number): number {
  if (loadRun === undefined || now <= loadRun.since) return 0;
  return Math.max(0, rowsLoaded - loadRun.rows) / (now - loadRun.since);
}

/** Rows of a table that are still to be loaded; null when nobody has counted them. */
export function rowsLeft({ chunks, chunksDone, rows, total }: TableProgress): number | null {
  if (chunks > 0 && chunksDone === chunks) return 0;
  if (total !== undefined) return Math.max(0, total - rows);
  return chunksDone === 0 ? null : Math.round((rows / chunksDone) * (chunks - chunksDone));
}
