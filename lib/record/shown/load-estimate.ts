import type { Progress, TableProgress } from '../progress.ts';
import { MOST_SHOWN, NOTHING_YET } from '../table-room.ts';
import type { TableKey } from '../../task/task.ts';

/** How long the rest of a load takes at the pace of this run, in milliseconds; null when that cannot be told. */
export interface LoadEstimate {
  /** The time for the rows of this table alone, keyed by source table (`db.table`). */
  table(key: TableKey): number | null;
  /** The time for all tables. */
  readonly task: number | null;
}

/** `tables`: the source tables to load; `now` in milliseconds since 1970. */
export function estimateLoad(progress: Progress, tables: readonly TableKey[], now: number): LoadEstimate {
  const pace = paceOf(progress, now);
  const timeFor = (rows: number | null): number | null =>
    rows === 0 ? 0 : rows === null || pace === 0 ? null : Math.ceil(rows / pace);
  const left = (key: TableKey): number | null => rowsLeft(progress.tables[key] ?? NOTHING_YET);
  // With more tables than are shown, nobody knows how many rows are left.
  const all = tables.length < MOST_SHOWN ? tables.map(left) : [null];
  return {
    table: (key) => timeFor(left(key)),
    task: timeFor(all.reduce((sum, rows) => (sum === null || rows === null ? null : sum + rows), 0)),
  };
}

/** Rows per millisecond; 0 as long as no rows have been loaded. */
function paceOf({ loadRun, rowsLoaded }: Progress, now: number): number {
  if (loadRun === undefined || now <= loadRun.since) return 0;
  return Math.max(0, rowsLoaded - loadRun.rows) / (now - loadRun.since);
}

/** Rows of a table still to load; null when nobody knows. */
export function rowsLeft({ chunks, chunksDone, rows, total }: TableProgress): number | null {
  if (chunks > 0 && chunksDone === chunks) return 0;
  if (total !== undefined) return Math.max(0, total - rows);
  return chunksDone === 0 ? null : Math.round((rows / chunksDone) * (chunks - chunksDone));
}
