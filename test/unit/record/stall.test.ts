import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newProgress } from '../../../lib/record/progress.ts';
import { LONGEST_STEP_MS, STALL_MS, stalledSince } from '../../../lib/record/stall.ts';
import type { TaskRecord } from '../../../lib/record/task-record.ts';
import { needsWorker, taskState } from '../../../lib/record/task-state.ts';
import { DEFAULT_OPTIONS } from '../../../lib/task/task.ts';
import { position } from '../../../lib/data/position.ts';
import { scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';

const NOW = 1_743_147_000_000;
const MINUTE = 60_000;

/** How long ago something was; most often near the limits. */
const age = fc.oneof(
  fc.integer({ min: 0, max: 3 * LONGEST_STEP_MS }),
  fc.constantFrom(0, STALL_MS, STALL_MS + 1, LONGEST_STEP_MS - 1, LONGEST_STEP_MS, LONGEST_STEP_MS + STALL_MS),
);
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const error = fc
  .record({ retry: fc.boolean(), last: age, before: age })
  .map(({ retry, last, before }) => ({ retry, lastAt: NOW - last, firstAt: NOW - last - before }))
  .map((times) => ({ code: 'SINK_ERROR', message: '', action: '', attempts: 1, table: undefined, ...times }) as const);

const pin = { name: 'p', ts: position('1') };

const progress = fc
  .record({
    phase: fc.constantFrom('new', 'load', 'window', 'finishing'),
    at: age,
    caughtUp: age,
    pending: fc.boolean(),
  })
  .map(({ phase, at, caughtUp, pending }) => ({
    ...newProgress(1, NOW - at),
    phase,
    caughtUpAt: NOW - caughtUp,
    pending: pending ? { number: 1, until: pin, selection: 0 } : undefined,
  }));

const lease = fc
  .record({ until: fc.integer({ min: -MINUTE, max: 30_000 }), runs: fc.integer({ min: -MINUTE, max: 15 * MINUTE }) })
  .map(({ until, runs }) => ({ owner: 'w', until: NOW + until, runsUntil: NOW + runs }));

const options = fc.record({
  mode: fc.constantFrom('continuous', 'tick', 'adaptive'),
  minWindowMs: fc.constantFrom(0, 30 * MINUTE),
  pollIntervalMs: fc.constantFrom(200, MINUTE, 10 * MINUTE, 24 * 60 * MINUTE),
});

/** Any task that is to run, whatever has become of it. */
const record: fc.Arbitrary<TaskRecord> = fc
  .record({
    asked: age,
    progress,
    options,
    error: sometimes(error),
    lease: sometimes(lease),
    underWay: sometimes(fc.record({ rows: fc.nat(), ago: age })),
    generation: fc.constantFrom(1, 2),
  })
  .map(({ asked, options, underWay, ...facts }) =>
    scenarioRecord({
      ...facts,
      runningSince: NOW - asked,
      underWay: underWay && { rows: underWay.rows, at: NOW - underWay.ago },
      spec: scenarioSpec({ options: { ...DEFAULT_OPTIONS, ...options } }),
    }),
  );

/** Every fact that shows that something has come forward, or that nothing is due yet. */
function lastSign({ runningSince, progress, underWay, generation, spec }: TaskRecord): number {
  const waits = progress.phase === 'window' && progress.pending === undefined && progress.generation === generation;
  const { mode, pollIntervalMs, minWindowMs } = spec.options;
  const interval = mode === 'tick' ? pollIntervalMs : Math.max(pollIntervalMs, minWindowMs);
  const next = waits ? progress.caughtUpAt + interval : 0;
  return Math.max(runningSince, progress.progressAt, underWay?.at ?? 0, next);
}

const check = (property: (task: TaskRecord) => void) => {
  fc.assert(fc.property(record, property), { numRuns: 2_000 });
};

describe('a task that is to run', () => {
  it('is never said to run or to retry when its last sign of life is older than the threshold', () => {
    check((task) => {
      const state = taskState(task, NOW);
      if (NOW - lastSign(task) > STALL_MS) expect(['stalled', 'failed']).toContain(state);
    });
  });

  it('is not said to retry when nothing has moved since an error that began long ago', () => {
    check((task) => {
      const { error, underWay, runningSince } = task;
      if (error === undefined || NOW - error.firstAt <= STALL_MS || NOW - runningSince <= STALL_MS) return;
      if ((underWay?.at ?? 0) <= error.lastAt) expect(taskState(task, NOW)).toBe(error.retry ? 'stalled' : 'failed');
    });
  });

  it('is not said to be stalled shortly after a step, or while rows pass, unless it fails', () => {
    check((task) => {
      const { runningSince, progress, underWay } = task;
      const step = Math.max(runningSince, progress.progressAt);
      const moves = underWay !== undefined && NOW - underWay.at <= STALL_MS && NOW - step < LONGEST_STEP_MS;
      if (task.error === undefined && (NOW - step <= STALL_MS || moves)) expect(taskState(task, NOW)).toBe('running');
    });
  });

  it('is said to be stalled when rows pass for longer than two workers live and no step is done', () => {
    check((task) => {
      const { runningSince, progress, underWay } = task;
      const step = Math.max(runningSince, progress.progressAt);
      if (task.error !== undefined || task.progress.phase === 'window' || underWay === undefined) return;
      if (underWay.at - step >= LONGEST_STEP_MS) expect(taskState(task, NOW)).toBe('stalled');
    });
  });

  it('stays stalled as time goes by and nothing happens, since the same moment', () => {
    fc.assert(
      fc.property(record, age, (task, later) => {
        const since = stalledSince(task, NOW);
        if (since === undefined) return;
        expect(NOW - since).toBeGreaterThan(STALL_MS);
        expect(stalledSince(task, NOW + later)).toBe(since);
      }),
    );
  });

  it('gets a worker while it is stalled, unless one holds it that is neither late nor near its end', () => {
    check((task) => {
      if (taskState(task, NOW) !== 'stalled') return;
      const { lease } = task;
      const served = lease !== undefined && lease.until - NOW >= 15_000 && lease.runsUntil > NOW + 65_000;
      expect(needsWorker(task, NOW, NOW + 65_000)).toBe(!served);
    });
  });

  it('is never stalled when it is not to run, or done, or waits for a person', () => {
    check((task) => {
      const others: TaskRecord[] = [
        { ...task, desired: 'paused' },
        { ...task, desired: 'dropping' },
        { ...task, generation: 1, progress: { ...task.progress, phase: 'finished' } },
      ];
      for (const other of others) expect(taskState(other, NOW)).not.toBe('stalled');
      if (task.error?.retry === false) expect(taskState(task, NOW)).toBe('failed');
    });
  });
});

describe('stalledSince', () => {
  const facts = (change: Partial<TaskRecord>) => scenarioRecord({ runningSince: 0, ...change });
  const at = (millis: number) => ({ ...newProgress(1, millis), phase: 'load' }) as const;

  it('is when a new task was created that no worker takes', () => {
    expect(stalledSince(facts({ runningSince: NOW - 6 * MINUTE, progress: newProgress(1, 0) }), NOW)).toBe(
      NOW - 6 * MINUTE,
    );
  });

  it('begins anew with a resume', () => {
    const progress = at(NOW - 600 * MINUTE);
    expect(stalledSince(facts({ progress, runningSince: NOW - MINUTE }), NOW)).toBeUndefined();
  });

  it('waits for the end of an interval, and no longer than the end of the task', () => {
    const progress = { ...at(NOW - 60 * MINUTE), phase: 'window', caughtUpAt: NOW - 60 * MINUTE } as const;
    const task = (minutes: number, endTs: string | null = null) => {
      const options = { ...DEFAULT_OPTIONS, mode: 'tick', pollIntervalMs: minutes * MINUTE, endTs } as const;
      return stalledSince(facts({ progress, spec: scenarioSpec({ options }) }), NOW);
    };
    expect([task(56), task(54)]).toEqual([undefined, NOW - 6 * MINUTE]);
    expect(task(600, new Date(NOW - 10 * MINUTE).toISOString())).toBe(NOW - 10 * MINUTE);
  });

  it('begins anew with a resume, although a worker still counts an error from before it', () => {
    const error = {
      code: 'SINK_UNREACHABLE',
      message: '',
      action: '',
      retry: true,
      attempts: 9,
      table: undefined,
    } as const;
    const times = { firstAt: NOW - 90 * MINUTE, lastAt: NOW - 1_000 };
    const task = facts({ progress: at(0), error: { ...error, ...times }, runningSince: NOW - MINUTE });
    expect(stalledSince(task, NOW)).toBeUndefined();
    expect(stalledSince(task, NOW + 5 * MINUTE)).toBe(NOW - MINUTE);
  });

  it('is when the error first came, although each attempt notes something', () => {
    const error = {
      code: 'SINK_UNREACHABLE',
      message: '',
      action: '',
      retry: true,
      attempts: 9,
      table: undefined,
    } as const;
    const times = { firstAt: NOW - 8 * MINUTE, lastAt: NOW - 1_000 };
    expect(stalledSince(facts({ progress: at(NOW - 2_000), error: { ...error, ...times } }), NOW)).toBe(times.firstAt);
  });
});
