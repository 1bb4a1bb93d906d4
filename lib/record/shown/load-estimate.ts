import { NOTHING_YET } from '../table-room.ts';
import { rowsLeft, rowsLeftOf } from '../brief/rows-left.ts';
import type { Progress } from '../progress.ts';
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
  return {
    table: (key) => loadTime(progress, rowsLeft(progress.tables[key] ?? NOTHING_YET), now),
    task: loadTime(progress, rowsLeftOf(progress, tables), now),
  };
}

type Run = Pick<Progress, 'loadRun' | 'rowsLoaded'>;

/** The time for so many rows at the pace of this run; null when it cannot be told. */
export function loadTime(progress: Run, rows: number | null, now: number): number | null {
  const pace = paceOf(progress, now);
  return rows === 0 ? 0 : rows === null || pace === 0 ? null : Math.ceil(rows / pace);
}

/** Rows per millisecond; 0 as long as no rows have been loaded. */
function paceOf({ loadRun, rowsLoaded }: Run, now: number): number {
  if (loadRun === undefined || now <= loadRun.since) return 0;
  return Math.max(0, rowsLoaded - loadRun.rows) / (now - loadRun.since);
}
