import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newCheck } from '../../../lib/record/check-progress.ts';
import { newProgress } from '../../../lib/record/progress.ts';
import type { TaskError, TaskRecord } from '../../../lib/record/task-record.ts';
import { leaseHeld, needsWorker, type TaskState, taskState } from '../../../lib/record/task-state.ts';
import { position } from '../../../lib/data/position.ts';
import { DEFAULT_OPTIONS, type TaskOptions } from '../../../lib/task/task.ts';
import { scenarioRecord as record, scenarioSpec } from '../../support/scenario-task.ts';

const NOW = 1_000_000;
const held = { owner: 'w', until: NOW + 30_000, runsUntil: NOW + 100_000 };
const lapsed = { owner: 'w', until: NOW, runsUntil: NOW + 100_000 };
const error = (retry: boolean, code: TaskError['code'] = 'INTERNAL'): TaskError => ({
  code,
  message: '',
  action: '',
  retry,
  attempts: 1,
  firstAt: NOW,
  lastAt: NOW,
  table: undefined,
});

const finished = { ...newProgress(1, NOW), phase: 'finished' } as const;

describe('taskState', () => {
  const cases: readonly (readonly [TaskState, Partial<TaskRecord>])[] = [
    ['running', {}],
    ['running', { lease: held }],
    ['retrying', { error: error(true) }],
    ['failed', { error: error(false) }],
    ['historyLost', { error: error(false, 'HISTORY_LOST') }],
    ['historyLost', { error: error(false, 'FENCE_MISMATCH') }],
    ['paused', { desired: 'paused', error: error(false, 'HISTORY_LOST') }],
    ['pausing', { desired: 'paused', lease: held }],
    ['paused', { desired: 'paused' }],
    ['paused', { desired: 'paused', lease: lapsed, error: error(false) }],
    ['finished', { progress: finished }],
    ['finished', { progress: finished, desired: 'paused' }],
    ['running', { progress: finished, generation: 2 }],
    ['dropping', { progress: finished, desired: 'dropping' }],
    ['dropping', { desired: 'dropping', error: error(false), lease: held }],
  ];
  it.each(cases)('is %s for %j', (state, change) => {
    expect(taskState(record(change), NOW)).toBe(state);
  });
});

describe('leaseHeld', () => {
  it('ends at its time', () => {
    expect(leaseHeld(record({ lease: held }), NOW)).toBe(true);
    expect(leaseHeld(record({ lease: lapsed }), NOW)).toBe(false);
    expect(leaseHeld(record(), NOW)).toBe(false);
  });
});

describe('needsWorker', () => {
  it('is true for tasks that run or go and that nobody holds', () => {
    expect(needsWorker(record(), NOW, NOW + 50)).toBe(true);
    expect(needsWorker(record({ error: error(true) }), NOW, NOW + 50)).toBe(true);
    expect(needsWorker(record({ desired: 'dropping' }), NOW, NOW + 50)).toBe(true);
  });

  it('is false for tasks that wait for a person', () => {
    expect(needsWorker(record({ desired: 'paused' }), NOW, NOW + 50)).toBe(false);
    expect(needsWorker(record({ error: error(false) }), NOW, NOW + 50)).toBe(false);
  });

  it('is false for tasks that are finished', () => {
    expect(needsWorker(record({ progress: finished }), NOW, NOW + 50)).toBe(false);
  });

  it('waits for the interval of a task that runs by the tick', () => {
    const due = (minutes: number, options: Partial<TaskOptions> = {}, change: Partial<TaskRecord> = {}) => {
      const progress = { ...newProgress(1, 0), phase: 'window', caughtUpAt: NOW - minutes * 60_000 } as const;
      const spec = scenarioSpec({ options: { ...DEFAULT_OPTIONS, mode: 'tick', pollIntervalMs: 300_000, ...options } });
      return needsWorker(record({ spec, progress, ...change }), NOW, NOW + 50);
    };
    expect([1, 3.9, 4, 4.1, 5, 50].map((minutes) => due(minutes))).toEqual([false, false, false, true, true, true]);
    expect(due(1, { pollIntervalMs: 200 })).toBe(true);
    expect(due(1, { mode: 'continuous' })).toBe(true);
    expect(due(1, { endTs: new Date(NOW).toISOString() })).toBe(true);
    expect(due(1, {}, { generation: 2 })).toBe(true);
    expect(due(1, {}, { error: error(true) })).toBe(true);
    // A check that is asked for does not wait, one that is done asks for nothing.
    const check = { number: 1, kind: 'verify', tables: undefined } as const;
    const checked = {
      ...newProgress(1, 0),
      phase: 'window',
      caughtUpAt: NOW,
      check: newCheck(1, 'verify', 0),
    } as const;
    expect(due(1, {}, { check })).toBe(true);
    expect(due(1, {}, { check, progress: checked })).toBe(true);
    expect(due(1, {}, { check, progress: { ...checked, check: { ...checked.check, finishedAt: NOW } } })).toBe(false);
    expect(due(1, {}, { progress: { ...newProgress(1, 0), caughtUpAt: NOW } })).toBe(true);
  });

  it('has a task by the tick looked at within its interval, however the schedule trembles', () => {
    const TREMBLE = 45_000;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.array(fc.nat(TREMBLE), { minLength: 40, maxLength: 40 }),
        (minutes, late) => {
          const options = { ...DEFAULT_OPTIONS, mode: 'tick', pollIntervalMs: minutes * 60_000 } as const;
          const spec = scenarioSpec({ options });
          let lookedAt = NOW;
          for (const [tick, delay] of late.entries()) {
            const now = NOW + (tick + 1) * 60_000 + delay;
            const progress = { ...newProgress(1, 0), phase: 'window', caughtUpAt: lookedAt } as const;
            if (!needsWorker(record({ spec, progress }), now, now + 50)) continue;
            // One tick may be early and the next one late.
            expect(now - lookedAt).toBeLessThanOrEqual(minutes * 60_000 + TREMBLE);
            expect(now - lookedAt).toBeGreaterThan((minutes - 1) * 60_000 - TREMBLE);
            lookedAt = now;
          }
          expect(lookedAt).toBeGreaterThan(NOW + 30 * 60_000);
        },
      ),
    );
  });

  it('gives a holder that ends soon a successor, and no other', () => {
    expect(needsWorker(record({ lease: held }), NOW, NOW + 50)).toBe(false);
    expect(needsWorker(record({ lease: held }), NOW, NOW + 100_000)).toBe(true);
    expect(needsWorker(record({ lease: lapsed }), NOW, NOW + 50)).toBe(true);
  });

  describe('of an adaptive task', () => {
    const IDLE_AFTER = 600_000;
    const MINUTE = 60_000;
    /** The task is in step with its source, which changed last `quiet` milliseconds before NOW. */
    const adaptive = (quiet: number, change: Partial<TaskRecord> = {}, options: Partial<TaskOptions> = {}) => {
      const stood = { ...newProgress(1, NOW), phase: 'window', caughtUpAt: NOW - 1, changedAt: NOW - quiet } as const;
      const spec = scenarioSpec({
        options: { ...DEFAULT_OPTIONS, mode: 'adaptive', idleAfterMs: IDLE_AFTER, ...options },
      });
      return record({ spec, progress: stood, runningSince: 0, ...change });
    };
    /** A worker that ends within a minute. */
    const ending = { owner: 'w', until: NOW + 30_000, runsUntil: NOW + 40_000 };
    const due = (task: TaskRecord) => needsWorker(task, NOW, NOW + 65_000);

    it('is true at each tick when no worker has it', () => {
      fc.assert(
        fc.property(fc.nat(2 * IDLE_AFTER), (quiet) => {
          expect(due(adaptive(quiet))).toBe(true);
        }),
      );
    });

    it('heeds the poll interval as soon as nothing has changed for long enough, and no sooner', () => {
      const rarely = { pollIntervalMs: 5 * MINUTE };
      expect(due(adaptive(IDLE_AFTER - 1, {}, rarely))).toBe(true);
      expect(due(adaptive(IDLE_AFTER, {}, rarely))).toBe(false);
      expect(due(adaptive(IDLE_AFTER, { runningSince: NOW - MINUTE }, rarely))).toBe(true);
    });

    it('gives a holder that ends soon a successor if the task will still be awake by then', () => {
      fc.assert(
        fc.property(fc.nat(2 * IDLE_AFTER), (quiet) => {
          expect(due(adaptive(quiet, { lease: ending }))).toBe(quiet + 40_000 < IDLE_AFTER);
        }),
        { examples: [[IDLE_AFTER - 40_001], [IDLE_AFTER - 40_000]] },
      );
    });

    it('gives it a successor in any case if there is more to do', () => {
      const quiet = adaptive(2 * IDLE_AFTER, { lease: ending });
      const { progress } = quiet;
      const until = { name: 'p', ts: position('1') };
      const others: Partial<TaskRecord>[] = [
        { progress: { ...progress, pending: { number: 1, until, selection: 0 } } },
        { progress: { ...progress, phase: 'load' } },
        { generation: 2 },
        { check: { number: 1, kind: 'verify', tables: undefined } },
        { underWay: { rows: 5, at: NOW + 1 } },
        { error: error(true) },
        { desired: 'dropping' },
        { lease: { ...ending, until: NOW + 1_000 } },
      ];
      expect(due(quiet)).toBe(false);
      expect(due({ ...quiet, underWay: { rows: 0, at: NOW + 1 } })).toBe(false);
      for (const other of others) expect([other, due({ ...quiet, ...other })]).toEqual([other, true]);
    });
  });
});
