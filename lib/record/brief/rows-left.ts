import type { Progress, TableProgress } from '../progress.ts';
import type { TableKey } from '../../task/task.ts';
import { MOST_SHOWN, NOTHING_YET } from '../table-room.ts';

/** Rows of a table still to load; null when nobody knows. */
export function rowsLeft({ chunks, chunksDone, rows, total }: TableProgress): number | null {
  if (chunks > 0 && chunksDone === chunks) return 0;
  if (total !== undefined) return Math.max(0, total - rows);
  return chunksDone === 0 ? null : Math.max(0, Math.round((rows / chunksDone) * (chunks - chunksDone)));
}

/** Rows of these tables (`db.table`) still to load; null when nobody knows. */
export function rowsLeftOf({ tables }: Pick<Progress, 'tables'>, keys: readonly TableKey[]): number | null {
  // With more tables than are shown, nobody knows how many rows are left.
  if (keys.length >= MOST_SHOWN) return null;
  let sum = 0;
  for (const key of keys) {
    const rows = rowsLeft(tables[key] ?? NOTHING_YET);
    if (rows === null) return null;
    sum += rows;
  }
  return sum;
}
