import { ERRORS, type ErrorCode } from '../../../lib/error-codes.ts';
import { taskView } from '../../../lib/http/view/task-view.ts';
import type { TaskView } from '../../../lib/http/view/task-view-schema.ts';
import { taskRecord } from '../task-records.ts';

type TableView = TaskView['tables'][number];

const iso = (at: number): string => new Date(at).toISOString();

/** A task that has been running for a day, with `change` applied. */
export function sampleTask(name: string, now: number, change: Partial<TaskView> = {}): TaskView {
  const since = now - 86_400_000;
  const view = taskView(taskRecord(name, { createdAt: since, runningSince: since }), now);
  const at = now - 800;
  return {
    ...view,
    phase: 'window',
    state: 'running',
    stalledSince: null,
    sourceUri: 'mysql://cdc:******@mo-source.internal:6001',
    sinkUri: 'mysql://cdc:******@mo-sink.internal:6001',
    tables: [sampleTable(`${name}.orders`), sampleTable(`${name}.customers`)],
    checkpoint: { position: `${at}000000`, time: iso(at) },
    caughtUpAt: iso(at),
    lagMs: 800,
    lagRatio: 0.08,
    windows: 4_711,
    rowsLoaded: 1_200_000,
    historyPinnedSince: iso(at),
    historyPinnedMs: 800,
    historyHeldBy: 'snapshots',
    lease: { owner: 'worker-7', held: true, until: iso(now + 25_000), runsUntil: iso(now + 600_000) },
    progressAt: iso(at),
    ...change,
  };
}

export const sampleTable = (source: string, change: Partial<TableView> = {}): TableView => ({
  source,
  sink: source.replace(/^[^.]+/u, 'analytics'),
  phase: 'replicating',
  chunks: 12,
  chunksDone: 12,
  rows: 600_000,
  rowsExpected: 600_000,
  timeLeftMs: null,
  lagMs: 800,
  missing: false,
  setAside: null,
  ...change,
});

export function sampleError(code: ErrorCode, message: string, now: number, attempts = 1): TaskView['error'] {
  const { action, class: kind } = ERRORS[code];
  const times = { firstAt: iso(now - attempts * 30_000), lastAt: iso(now - 5_000) };
  return { code, message, action, retry: kind === 'retry', attempts, ...times, table: null };
}

/** A task in each condition that the console tells apart. */
export const sampleTasks = (now: number): TaskView[] => [
  sampleTask('orders', now),
  sampleTask('customers', now, { lagMs: 2_300, lagRatio: 0.23 }),
  sampleTask('clickstream', now, {
    state: 'retrying',
    lagMs: 48_000,
    lagRatio: 4.8,
    error: sampleError('SINK_LOCKED', 'Lock wait timeout exceeded; try restarting transaction', now, 3),
  }),
  sampleTask('inventory', now, {
    state: 'stalled',
    stalledSince: iso(now - 420_000),
    lagMs: 460_000,
    lagRatio: 46,
    error: sampleError('SOURCE_UNREACHABLE', 'mo-source.internal:6001 does not answer.', now, 40),
    historyHeldBy: 'pitr',
    historyHeldUntil: iso(now + 5_400_000),
    warning: {
      code: 'HISTORY_EXPIRING',
      message: 'The PITR that holds the history of the task does so only for 90 minutes.',
      action: ERRORS.HISTORY_EXPIRING.action,
    },
  }),
  sampleTask('payments', now, {
    state: 'failed',
    desired: 'running',
    lagMs: 7_200_000,
    lagRatio: 720,
    lease: null,
    error: {
      ...(sampleError('SINK_ROW_REJECTED', "Data too long for column 'memo' of payments.entries, key (4711).", now) ??
        never()),
      table: 'payments.entries',
    },
    tables: [
      sampleTable('payments.entries'),
      sampleTable('payments.refunds', {
        phase: 'setAside',
        lagMs: null,
        setAside: {
          code: 'SINK_TABLE_MISMATCH',
          message: 'The column note is missing at the sink.',
          action: ERRORS.SINK_TABLE_MISMATCH.action,
          at: iso(now - 3_600_000),
        },
      }),
    ],
    leftOut: { count: 12, first: [{ table: 'payments.daily', reason: 'It is a view.' }] },
  }),
  sampleTask('archive', now, { state: 'paused', desired: 'paused', lagMs: 260_000_000, lagRatio: 26_000, lease: null }),
  sampleTask('migration-2025', now, { state: 'finished', phase: 'finished', lagMs: null, lagRatio: null, lease: null }),
  sampleTask('warehouse', now, {
    phase: 'load',
    checkpoint: null,
    caughtUpAt: null,
    lagMs: null,
    lagRatio: null,
    windows: 0,
    timeLeftMs: 340_000,
    tables: [
      sampleTable('warehouse.items', { phase: 'loaded', lagMs: null }),
      sampleTable('warehouse.moves', {
        ...{ phase: 'loading', lagMs: null, rows: 410_000, rowsExpected: 1_000_000, chunks: 20, chunksDone: 8 },
        timeLeftMs: 340_000,
      }),
      sampleTable('warehouse.audit', {
        ...{ phase: 'waiting', lagMs: null, rows: 0, rowsExpected: null, chunks: 0, chunksDone: 0 },
      }),
    ],
  }),
];

const never = (): never => {
  throw new Error('There is an error.');
};
