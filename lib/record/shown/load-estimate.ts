import { NOTHING_YET } from '../table-room.ts';
import { rowsLeft } from '../brief/rows-left.ts';
import type { Progress } from '../progress.ts';
import type { TableKey } from '../../task/task.ts';

type Run = Pick<Progress, 'loadRun' | 'rowsLoaded'>;

/**
 * How long so many rows take at the pace of this run, in milliseconds; null when it cannot be told. `now`: milliseconds since
 * 1970.
 */
export function loadTime(progress: Run, rows: number | null, now: number): number | null {
  const pace = paceOf(progress, now);
  return rows === 0 ? 0 : rows === null || pace === 0 ? null : Math.ceil(rows / pace);
}

/** Rows per millisecond; 0 as long as no rows have been loaded. */
function paceOf({ loadRun, rowsLoaded }: Run, now: number): number {
  if (loadRun === undefined || now <= loadRun.since) return 0;
  return Math.max(0, rowsLoaded - loadRun.rows) / (now - loadRun.since);
}

/** The time for what is left of this table alone. */
export const tableLoadTime = (progress: Progress, key: TableKey, now: number): number | null =>
  loadTime(progress, rowsLeft(progress.tables[key] ?? NOTHING_YET), now);
