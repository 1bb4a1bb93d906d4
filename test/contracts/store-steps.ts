import { newProgress, type Progress } from '../../lib/record/progress.ts';
import type { Lease, TaskError } from '../../lib/record/task-record.ts';
import type { Acquired } from '../../lib/store/task-store.ts';
import { position } from '../../lib/data/position.ts';
import type { Stores } from './store-contract.ts';
import { readTableKey } from '../../lib/task/task.ts';

export const TTL = 30;

export const lease = (owner: string, now: number): Lease => ({ owner, until: now + TTL, runsUntil: now + 900 });

export const failure: TaskError = {
  code: 'SINK_DUPLICATE_KEY',
  message: 'Duplicate entry',
  action: 'Remove it.',
  retry: false,
  attempts: 1,
  firstAt: 5,
  lastAt: 6,
  table: readTableKey('production_db.user_activities'),
  ofTables: { [readTableKey('production_db.user_activities')]: { attempts: 1, firstAt: 5 } },
};

/** Progress with every optional field given, and positions that no JS number can hold. */
export const midway: Progress = {
  ...newProgress(3, 1),
  phase: 'window',
  loadPin: { name: 'mo_cdc_a_1_1', ts: position('1764000000000000001-1') },
  checkpoint: { name: 'mo_cdc_a_1_2', ts: position('1764000000000000003') },
  pending: {
    number: 8,
    until: { name: 'mo_cdc_a_1_3', ts: position('9007199254740993000') },
    selection: 0,
    compared: [readTableKey('shop.d')],
    comparesAll: true,
    splits: { workers: 2, epoch: 3 },
    comparison: {
      ...{ table: readTableKey('shop.d'), tables: 2, tablesDone: 1, chunks: 5, chunksDone: 4, rows: 7, total: 9 },
      run: { since: 6, rows: 1 },
    },
  },
  window: 7,
  aside: {
    [readTableKey('shop.c')]: { code: 'SINK_ROW_REJECTED', message: 'No.', action: 'Mend it.', at: 4, check: 2 },
  },
  loadRun: { since: 5, rows: 2 },
  tables: {
    [readTableKey('shop.orders')]: { chunksDone: 1, chunks: 2, rows: 3, total: 4 },
    [readTableKey('shop.a#b')]: { chunksDone: 0, chunks: 0, rows: 0 },
  },
  rowsApplied: 12,
};

/** Takes the lease of a free task. */
export async function take(
  stores: Stores,
  name: string,
  now: number,
  owner = 'worker',
): Promise<Extract<Acquired, { outcome: 'acquired' }>> {
  const acquired = await stores.workers.acquire(name, lease(owner, now), now);
  if (acquired.outcome !== 'acquired') throw new Error(`Expected to take the lease of ${name}: ${acquired.outcome}`);
  return acquired;
}
