import { describe, expect, it } from 'vitest';
import { taskView } from '../../../../lib/http/view/task-view.ts';
import { taskViewSchema } from '../../../../lib/http/view/task-view-schema.ts';
import { newProgress, type Progress } from '../../../../lib/record/progress.ts';
import { NOW } from '../../../support/api-world.ts';
import { DEFAULT_OPTIONS, type TaskOptions, readTableKey } from '../../../../lib/task/task.ts';
import { type ComparisonProgress, position } from '../../../../lib/data/position.ts';
import type { TaskRecord } from '../../../../lib/record/task-record.ts';
import { PASSWORD, scenarioRecord, scenarioSpec } from '../../../support/scenario-task.ts';

const pin = (millis: number) => ({ name: 'mo_cdc_x', ts: position(`${millis}030821-0`) });
const progress = (change: Partial<Progress>): Progress => ({ ...newProgress(1, NOW - 60_000), ...change });

describe('taskView', () => {
  it('is what the schema says, with and without everything', () => {
    const full = scenarioRecord({
      progress: progress({
        phase: 'window',
        checkpoint: pin(NOW),
        pending: { number: 3, until: pin(NOW), selection: 0 },
      }),
      lease: { owner: 'w', until: NOW + 1, runsUntil: NOW + 2 },
      error: {
        code: 'SINK_UNREACHABLE',
        message: 'No.',
        action: 'Yes.',
        retry: true,
        attempts: 2,
        firstAt: NOW - 5,
        lastAt: NOW,
        table: undefined,
      },
    });
    for (const record of [scenarioRecord(), full]) {
      const view = taskView(record, NOW);
      expect(taskViewSchema.parse(view)).toEqual(view);
      expect(JSON.stringify(view)).not.toContain(PASSWORD);
    }
    expect(taskView(full, NOW)).toMatchObject({
      state: 'retrying',
      pendingWindow: { number: 3, until: { position: `${NOW}030821-0`, time: '2025-03-28T07:30:00.000Z' } },
      lease: { owner: 'w', held: true },
      error: { attempts: 2, lastAt: '2025-03-28T07:30:00.000Z' },
    });
  });

  it('tells how far a window has come that compares tables, and how long the rest takes if a worker goes on', () => {
    const run = { since: NOW - 60_000, rows: 1_000 };
    const part = { table: readTableKey('shop.a'), tables: 2, tablesDone: 1, chunks: 9, chunksDone: 4 };
    const comparing = (comparison: ComparisonProgress, more: Partial<TaskRecord> = {}) =>
      taskView(
        scenarioRecord({
          progress: progress({
            phase: 'window',
            checkpoint: pin(NOW),
            pending: { number: 3, until: pin(NOW), selection: 0, comparison },
          }),
          lease: { owner: 'w', until: NOW + 1, runsUntil: NOW + 2 },
          ...more,
        }),
        NOW,
      ).pendingWindow?.comparison;
    // 3,000 rows in a minute, and 6,000 are left.
    const known = comparing({ ...part, rows: 4_000, total: 10_000, run });
    expect(known).toEqual({ ...part, rows: 4_000, rowsExpected: 10_000, timeLeftMs: 120_000 });
    expect(comparing({ ...part, rows: 4_000, run })).toMatchObject({ rowsExpected: null, timeLeftMs: null });
    expect(comparing({ ...part, rows: 1_000, total: 10_000, run })).toMatchObject({ timeLeftMs: null });
    const paused = comparing({ ...part, rows: 4_000, total: 10_000, run }, { desired: 'paused', lease: undefined });
    expect(paused).toMatchObject({ rows: 4_000, timeLeftMs: null });
  });

  it('counts the lag from the later of checkpoint and last idle look', () => {
    const lag = (checkpoint: number | undefined, caughtUpAt: number) =>
      taskView(
        scenarioRecord({
          progress: progress({ checkpoint: checkpoint === undefined ? undefined : pin(checkpoint), caughtUpAt }),
        }),
        NOW,
      ).lagMs;
    expect(lag(undefined, 0)).toBeNull();
    expect(lag(NOW - 500, 0)).toBe(500);
    expect(lag(NOW - 500_000, NOW - 200)).toBe(200);
    expect(lag(NOW + 500, 0)).toBe(0);
  });

  it('shows the progress of each table', () => {
    const tables = { 'production_db.user_activities': { chunks: 4, chunksDone: 2, rows: 100 } };
    expect(taskView(scenarioRecord({ progress: progress({ phase: 'load', tables }) }), NOW)).toMatchObject({
      phase: 'load',
      tables: [{ source: 'production_db.user_activities', chunks: 4, chunksDone: 2, rows: 100 }],
    });
  });

  it('forgets after a restart what was reached before', () => {
    const record = scenarioRecord({ generation: 2, progress: progress({ phase: 'window', checkpoint: pin(NOW) }) });
    expect(taskView(record, NOW)).toMatchObject({ phase: 'new', checkpoint: null, lagMs: null });
  });

  const view = (change: Partial<Progress>, more: Parameters<typeof scenarioRecord>[0] = {}) =>
    taskView(scenarioRecord({ progress: progress({ progressAt: NOW, ...change }), ...more }), NOW);

  it('says since when a task is stalled, and nothing of others', () => {
    const old = { progressAt: NOW - 600_000 };
    expect(view(old, { runningSince: 0 })).toMatchObject({
      state: 'stalled',
      stalledSince: new Date(NOW - 600_000).toISOString(),
    });
    expect(view(old, { runningSince: 0, desired: 'paused' })).toMatchObject({ state: 'paused', stalledSince: null });
    expect(view({})).toMatchObject({ state: 'running', stalledSince: null });
  });

  it('measures the lag by how often the checkpoint moves at best', () => {
    const ratio = (lag: number, options: Partial<TaskOptions>, runningSince = 0) =>
      view(
        { phase: 'window', checkpoint: pin(NOW - lag) },
        { spec: scenarioSpec({ options: { ...DEFAULT_OPTIONS, ...options } }), runningSince },
      ).lagRatio;
    expect(ratio(15_000, {})).toBe(1.5);
    expect(ratio(60_000, { pollIntervalMs: 30_000 })).toBe(2);
    expect(ratio(90_000, { mode: 'tick' })).toBe(1.5);
    expect(ratio(600_000, { mode: 'tick', pollIntervalMs: 300_000 })).toBe(2);
    expect(ratio(90_000, { minWindowMs: 45_000 })).toBe(2);
    // Idle, since nothing has changed for long; awake, since it was asked to run a moment ago.
    expect(ratio(90_000, { mode: 'adaptive' })).toBe(1.5);
    expect(ratio(20_000, { mode: 'adaptive' }, NOW - 1)).toBe(2);
    expect(view({ phase: 'load' }).lagRatio).toBeNull();
  });

  it('says whether an adaptive task is idle', () => {
    const pace = (change: Partial<Progress>, runningSince = 0, mode: TaskOptions['mode'] = 'adaptive') => {
      const spec = scenarioSpec({ options: { ...DEFAULT_OPTIONS, mode } });
      return view({ phase: 'window', ...change }, { spec, runningSince }).pace;
    };
    expect(pace({ changedAt: NOW - 599_999 })).toBe('continuous');
    expect(pace({ changedAt: NOW - 600_000 })).toBe('tick');
    expect(pace({ changedAt: NOW - 600_000 }, NOW - 1)).toBe('continuous');
    expect(pace({ changedAt: NOW - 600_000, phase: 'load' })).toBe('continuous');
    expect(pace({ changedAt: 0 }, 0, 'continuous')).toBe('continuous');
    expect(pace({ changedAt: NOW }, 0, 'tick')).toBe('tick');
  });

  it('says since when history is pinned: by the oldest pin, also of an older generation', () => {
    const history = (change: Partial<Progress>, more = {}) => {
      const { historyPinnedSince, historyPinnedMs } = view(change, more);
      return [historyPinnedSince, historyPinnedMs];
    };
    const since = (ago: number) => [new Date(NOW - ago).toISOString(), ago];
    expect(history({ phase: 'load', loadPin: pin(NOW - 90_000) })).toEqual(since(90_000));
    const window = {
      phase: 'window',
      checkpoint: pin(NOW - 70_000),
      pending: { number: 1, until: pin(NOW), selection: 0 },
    } as const;
    expect(history(window)).toEqual(since(70_000));
    expect(history(window, { generation: 2 })).toEqual(since(70_000));
    expect(history({ ...window, checkpoint: undefined })).toEqual(since(0));
    expect(history({ phase: 'new' })).toEqual([null, null]);
    expect(history({ phase: 'finished', checkpoint: pin(NOW - 70_000) })).toEqual([null, null]);
  });

  it('tells until when a PITR holds the history, and warns before that, also of a task that nobody works on', () => {
    const HOUR = 3_600_000;
    const held = (age: number, change: Partial<Progress> = {}) => {
      const checkpoint = { ...pin(NOW - age), name: '' };
      const paused = { desired: 'paused', lease: undefined } as const;
      const { historyHeldBy, historyHeldUntil, warning } = view(
        { phase: 'window', checkpoint, pitrReach: HOUR, ...change },
        paused,
      );
      return [historyHeldBy, historyHeldUntil, warning];
    };
    const until = (left: number) => new Date(NOW + left).toISOString();
    expect(held(0)).toEqual(['pitr', until(HOUR), null]);
    expect(held(0.75 * HOUR)).toEqual(['pitr', until(0.25 * HOUR), null]);
    const soon = held(0.75 * HOUR + 1);
    expect(soon).toEqual(['pitr', until(0.25 * HOUR - 1), expect.objectContaining({ code: 'HISTORY_EXPIRING' })]);
    expect(soon[2]).toMatchObject({ message: expect.stringContaining(until(0.25 * HOUR - 1)) as string });
    expect(held(2 * HOUR)[2]).toMatchObject({ message: expect.stringContaining('HISTORY_LOST') as string });
    // A window between the two: the later end is held by the PITR.
    const pending = { number: 1, until: { ...pin(NOW - HOUR / 2), name: '' }, selection: 0 };
    expect(held(0, { checkpoint: pin(NOW - 9 * HOUR), pending })).toEqual(['pitr', until(HOUR / 2), null]);
    expect(held(0, { checkpoint: pin(NOW - 9 * HOUR) })).toEqual(['snapshots', null, null]);
    expect(held(0, { phase: 'finished' })).toEqual([null, null, null]);
  });

  it('shows rows under way until the step that they belong to is done', () => {
    const underWay = { rows: 7, at: NOW - 1_000 };
    expect(view({ progressAt: NOW - 2_000 }, { underWay }).rowsUnderWay).toBe(7);
    expect(view({ progressAt: NOW }, { underWay }).rowsUnderWay).toBe(0);
  });

  it('estimates the time left of a load that goes on, and of no other', () => {
    const tables = { 'production_db.user_activities': { chunks: 4, chunksDone: 1, rows: 100, total: 500 } };
    const load = { phase: 'load', tables, rowsLoaded: 100, loadRun: { since: NOW - 10_000, rows: 0 } } as const;
    expect(view(load)).toMatchObject({ timeLeftMs: 40_000, tables: [{ timeLeftMs: 40_000, rowsExpected: 500 }] });
    const aside = {
      'production_db.user_activities': { code: 'SINK_ERROR', message: '', action: '', at: NOW, check: 0 },
    } as const;
    expect(view({ ...load, aside })).toMatchObject({ timeLeftMs: 0, tables: [{ timeLeftMs: null }] });
    expect(view(load, { desired: 'paused' })).toMatchObject({ timeLeftMs: null, tables: [{ timeLeftMs: null }] });
    expect(view({ ...load, progressAt: 0 }, { runningSince: 0 })).toMatchObject({ state: 'stalled', timeLeftMs: null });
    expect(view({ ...load, phase: 'window' })).toMatchObject({ timeLeftMs: null });
  });

  it('names the phase of each table', () => {
    const name = readTableKey('production_db.user_activities');
    const phase = (chunks: [number, number] | undefined, change: Partial<Progress>) => {
      const tables = chunks === undefined ? {} : { [name]: { chunksDone: chunks[0], chunks: chunks[1], rows: 0 } };
      return view({ tables, checkpoint: pin(NOW - 50), ...change }).tables.map((table) => [
        table.phase,
        table.lagMs,
      ])[0];
    };
    const pending = { number: 1, until: pin(NOW), selection: 0 };
    expect(phase(undefined, { phase: 'new' })).toEqual(['waiting', null]);
    expect(phase([0, 0], { phase: 'load' })).toEqual(['waiting', null]);
    expect(phase([1, 2], { phase: 'load' })).toEqual(['loading', null]);
    expect(phase([2, 2], { phase: 'load' })).toEqual(['loaded', null]);
    expect(phase([2, 2], { phase: 'window' })).toEqual(['replicating', 50]);
    expect(phase([1, 2], { phase: 'window', pending })).toEqual(['loading', null]);
    expect(phase([1, 2], { phase: 'window' })).toEqual(['replicating', 50]);
    expect(phase([2, 2], { phase: 'window', missing: [name] })).toEqual(['dropped', null]);
    const aside = { [name]: { code: 'SINK_ROW_REJECTED', message: '', action: '', at: NOW, check: 0 } } as const;
    expect(phase([2, 2], { phase: 'window', aside })).toEqual(['setAside', null]);
    expect(phase([1, 2], { phase: 'load', aside })).toEqual(['setAside', null]);
    expect(phase([2, 2], { phase: 'finished' })).toEqual(['finished', null]);
  });
});
