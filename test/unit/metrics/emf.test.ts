import { describe, expect, it } from 'vitest';
import { EmfTickMetrics } from '../../../lib/metrics/emf-tick-metrics.ts';
import { EmfWorkerMetrics } from '../../../lib/metrics/emf-worker-metrics.ts';
import { TASK_METRICS, TICK_METRICS, WORKER_METRICS } from '../../../lib/metrics/metric-names.ts';
import { tick } from '../../../lib/schedule/tick.ts';
import { newProgress, type Progress } from '../../../lib/record/progress.ts';
import { briefOf, type TaskBrief } from '../../../lib/record/brief/task-brief.ts';
import type { TaskRecord } from '../../../lib/record/task-record.ts';
import { DEFAULT_OPTIONS, readTableKey } from '../../../lib/task/task.ts';
import { position } from '../../../lib/data/position.ts';
import { failure } from '../../contracts/store-steps.ts';
import { readEmf } from '../../support/emf.ts';
import { taskRecord, taskSpec } from '../../support/task-records.ts';
import { listOf } from '../../support/listed.ts';

const NOW = 1_764_000_000_000;

function metricsOf(perTask = false) {
  const lines: string[] = [];
  const options = { stage: 'prod', perTask, clock: { now: () => NOW }, write: (line: string) => lines.push(line) };
  return {
    metrics: new EmfTickMetrics(options),
    worker: new EmfWorkerMetrics(options),
    read: () => lines.map(readEmf),
  };
}

/** A task that reached its checkpoint so long ago. */
const behind = (name: string, milliseconds: number, change: Partial<TaskRecord> = {}, more: Partial<Progress> = {}) =>
  taskRecord(name, {
    runningSince: NOW - 1_000,
    progress: {
      ...newProgress(0, NOW - 2_000),
      phase: 'window',
      checkpoint: { name: 'p', ts: position(`${NOW - milliseconds}000000`) },
      ...more,
    },
    ...change,
  });

const aside = { 'shop.c': { code: 'SINK_ROW_REJECTED', message: '', action: '', at: 1, check: 0 } } as const;
const slow = taskSpec('slow', { options: { ...DEFAULT_OPTIONS, mode: 'tick', pollIntervalMs: 3_600_000 } });

const TASKS: TaskRecord[] = [
  behind('near', 3_000),
  behind('far', 70_000),
  behind('slow', 3_000_000, { spec: slow, progress: behind('x', 3_000_000, {}, { caughtUpAt: 0 }).progress }),
  behind('paused', 9_000_000, { desired: 'paused' }),
  behind('retrying', 1_000, { error: { ...failure, retry: true, firstAt: NOW, lastAt: NOW } }),
  behind('failed', 1_000, { error: failure }),
  behind('lost', 1_000, { error: { ...failure, code: 'HISTORY_LOST' } }),
  behind('stalled', 400_000, {
    runningSince: 1,
    progress: behind('x', 400_000, {}, { progressAt: NOW - 400_000 }).progress,
  }),
  behind('aside', 1_000, {}, { aside }),
  taskRecord('loading', {
    runningSince: NOW,
    progress: {
      ...newProgress(0, NOW),
      phase: 'load',
      tables: {
        [readTableKey('a.b')]: { chunks: 4, chunksDone: 1, rows: 25, total: 100 },
        [readTableKey('a.c')]: { chunks: 0, chunksDone: 0, rows: 0 },
      },
    },
  }),
];

const tickOver = (metrics: EmfTickMetrics, tasks: TaskRecord[], unreadable = 0, start = () => Promise.resolve()) =>
  tick(
    {
      store: { list: () => listOf(tasks.map(briefOf)) },
      starter: { start },
      clock: { now: () => NOW, sleep: () => Promise.resolve() },
      log: () => undefined,
      metrics,
      unreadable: () => unreadable,
    },
    new AbortController().signal,
  );

describe('the metrics of a tick', () => {
  it('tell how all tasks are, with one dimension', async () => {
    const { metrics, read } = metricsOf();
    await tickOver(metrics, TASKS, 1);
    const [record, ...more] = read();
    expect(more).toEqual([]);
    expect(record).toMatchObject({ namespace: 'MatrixOneCDC', dimensions: { Stage: 'prod' }, units: TICK_METRICS });
    expect(record?.metrics).toEqual({
      Heartbeat: 1,
      Tasks: 11,
      TasksRunning: 5,
      TasksRetrying: 1,
      TasksStalled: 1,
      TasksFailed: 3,
      TasksPaused: 1,
      TasksSetAside: 1,
      TasksHistoryExpiring: 0,
      LargestLag: 3_000,
      LargestLagBeyondInterval: 390,
      OldestProgress: 400,
      LoadRowsLeft: 75,
      WorkersStarted: 7,
      WorkersNotStarted: 0,
    });
  });

  it('are all there without any task: the heartbeat does not depend on them', async () => {
    const { metrics, read } = metricsOf();
    await tickOver(metrics, []);
    expect(Object.keys(read()[0]?.metrics ?? {})).toEqual(Object.keys(TICK_METRICS));
    expect(read()[0]?.metrics).toMatchObject({ Heartbeat: 1, Tasks: 0, LargestLag: 0 });
  });

  it('count workers that did not start', async () => {
    const { metrics, read } = metricsOf();
    await tickOver(metrics, [TASKS[0] as TaskRecord], 0, () => Promise.reject(new Error('Rate exceeded')));
    expect(read()[0]?.metrics).toMatchObject({ WorkersStarted: 0, WorkersNotStarted: 1 });
  });

  it('warn before the history that a PITR holds is gone', async () => {
    const { metrics, read } = metricsOf();
    const checkpoint = { name: '', ts: position(`${NOW - 90_000}000000`) };
    await tickOver(metrics, [behind('pitr', 0, {}, { checkpoint, pitrReach: 100_000 })]);
    expect(read()[0]?.metrics).toMatchObject({ TasksHistoryExpiring: 1 });
  });

  it('are missing when the tasks cannot be listed, which is what the alarm looks for', async () => {
    const { metrics, read } = metricsOf();
    const deps = { starter: { start: () => Promise.resolve() }, log: () => undefined, metrics, unreadable: () => 0 };
    const away: AsyncIterable<TaskBrief> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('DynamoDB is away.')) }),
    };
    const store = { list: () => away };
    const clock = { now: () => NOW, sleep: () => Promise.resolve() };
    await expect(tick({ ...deps, store, clock }, new AbortController().signal)).rejects.toThrow('away');
    expect(read()).toEqual([]);
  });

  it('come with a line for each task where that is asked for', async () => {
    const { metrics, read } = metricsOf(true);
    await tickOver(metrics, TASKS);
    const ofTasks = read().slice(0, -1);
    expect(ofTasks.map(({ dimensions }) => dimensions)).toEqual(
      TASKS.map(({ spec }) => ({ Stage: 'prod', Task: spec.name })),
    );
    expect(ofTasks[1]?.metrics).toEqual({ TaskLag: 70, TaskRows: 0, TaskLoadRowsLeft: 0, TaskNeedsHelp: 0 });
    expect(ofTasks[5]?.metrics).toEqual({ TaskRows: 0, TaskLoadRowsLeft: 0, TaskNeedsHelp: 1 });
    expect(ofTasks[1]?.units).toEqual(TASK_METRICS);
  });

  it('tell all rows of a task so far', async () => {
    const { metrics, read } = metricsOf(true);
    await tickOver(metrics, [behind('busy', 0, {}, { rowsLoaded: 5, rowsApplied: 7 })]);
    expect(read()[0]?.metrics).toMatchObject({ TaskRows: 12 });
  });
});

it('the metrics of a worker say of which task and epoch they are without a dimension for it', () => {
  const { worker, read } = metricsOf(true);
  const counts = { windows: 1, rowsLoaded: 2, rowsApplied: 3, rowsRead: 4, bytesRead: 5, errors: 6, retries: 7 };
  worker.report({ ...counts, lagMs: 1_500 }, { task: 't', epoch: 3, Stage: 'other' });
  worker.report({ ...counts, lagMs: undefined }, { task: 't', epoch: 3 });
  const [record, without] = read();
  expect(record).toMatchObject({ dimensions: { Stage: 'prod' }, units: WORKER_METRICS });
  expect(record?.metrics).toEqual({
    Windows: 1,
    RowsLoaded: 2,
    RowsApplied: 3,
    RowsRead: 4,
    BytesRead: 5,
    Errors: 6,
    Retries: 7,
    CheckpointLag: 1.5,
  });
  expect(record?.properties).toMatchObject({ task: 't', epoch: 3, event: 'metrics' });
  expect(without?.metrics).not.toHaveProperty('CheckpointLag');
});
