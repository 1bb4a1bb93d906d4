import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import { rowsLeftOf } from '../../../../lib/record/brief/rows-left.ts';
import { loadTime, tableLoadTime } from '../../../../lib/record/shown/load-estimate.ts';
import { newProgress, type Progress, type TableProgress } from '../../../../lib/record/progress.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';
import { readTableKey as key, type TableKey, tableKeysOf } from '../../../../lib/task/task.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const BEGAN = 1_000;

const loading = (tables: Record<string, TableProgress>, rowsLoaded: number, before = 0): Progress => ({
  ...newProgress(1, BEGAN),
  phase: 'load',
  tables,
  rowsLoaded,
  loadRun: { since: BEGAN, rows: before },
});

/** The time for each of the tables alone, and for all of them. */
const estimateLoad = (progress: Progress, tables: readonly TableKey[], now: number) => ({
  table: (name: TableKey) => tableLoadTime(progress, name, now),
  task: loadTime(progress, rowsLeftOf(progress, tables), now),
});

describe('the time that is left of a first copy', () => {
  it('takes for what is left as long as for what was loaded', () => {
    const size = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(size, size, size, fc.nat(), (loaded, left, took, before) => {
        const table = { chunks: 9, chunksDone: 4, rows: before + loaded, total: before + loaded + left };
        const estimate = estimateLoad(
          loading({ [key('a.b')]: table }, before + loaded, before),
          [key('a.b')],
          BEGAN + took,
        );
        const expected = (left / loaded) * took;
        expect(Math.abs((estimate.task ?? 0) - expected)).toBeLessThan(1.01);
        expect(estimate.table(key('a.b'))).toBe(estimate.task);
      }),
    );
  });

  it('adds the tables up, done ones as nothing', () => {
    const tables = {
      'a.done': { chunks: 2, chunksDone: 2, rows: 100, total: 120 },
      'a.half': { chunks: 4, chunksDone: 2, rows: 50, total: 100 },
      'a.next': { chunks: 0, chunksDone: 0, rows: 0, total: 100 },
      'a.none': { chunks: 0, chunksDone: 0, rows: 0, total: 0 },
    };
    const estimate = estimateLoad(loading(tables, 150), tableKeysOf(tables), BEGAN + 15);
    expect(tableKeysOf(tables).map((key) => estimate.table(key))).toEqual([0, 5, 10, 0]);
    expect(estimate.task).toBe(15);
  });

  it('goes by the steps of a table that was not counted', () => {
    const tables = { 'a.b': { chunks: 4, chunksDone: 1, rows: 10 } };
    expect(estimateLoad(loading(tables, 10), [key('a.b')], BEGAN + 10).task).toBe(30);
  });

  it('knows nothing before the first rows, nor of tables that nobody has counted', () => {
    const counted = { chunks: 4, chunksDone: 0, rows: 0, total: 10 };
    expect(estimateLoad(loading({ [key('a.b')]: counted }, 0), [key('a.b')], BEGAN + 10).task).toBeNull();
    expect(
      estimateLoad({ ...loading({ [key('a.b')]: counted }, 5), loadRun: undefined }, [key('a.b')], BEGAN + 10).task,
    ).toBeNull();
    const estimate = estimateLoad(loading({ [key('a.b')]: counted }, 5), [key('a.b'), key('a.new')], BEGAN + 10);
    expect([estimate.table(key('a.b')), estimate.table(key('a.new')), estimate.task]).toEqual([20, null, null]);
  });

  it('knows nothing of more tables than are shown one by one', () => {
    const names = Array.from({ length: 1_000 }, (_, number) => key(`a.t${number}`));
    const tables = Object.fromEntries(names.map((name) => [name, { chunks: 0, chunksDone: 0, rows: 0, total: 1 }]));
    expect(estimateLoad(loading(tables, 1), names, BEGAN + 1).task).toBeNull();
    expect(estimateLoad(loading(tables, 1), names.slice(1), BEGAN + 1).task).toBe(999);
  });
});

describe('a load', () => {
  const fill = (world: MemoryWorld): void => {
    for (const id of ['1', '2', '3', '4', '5']) world.source.put(A, id, 'new');
    for (const id of ['1', '2', '3']) world.source.put(B, id, 'new');
  };

  it('counts its rows before it copies any, and counts from there when another worker carries on', async () => {
    const world = new MemoryWorld();
    fill(world);
    await world.createTask();
    const seen: Progress[] = [];
    const end = new AbortController();
    await world.run(
      async (call, when) => {
        if (call !== 'sink.loadChunk' || when !== 'before') return;
        seen.push((await world.task()).progress);
        // What is loaded is told every second.
        world.clock.jump(1_000);
        if (seen.length > 3) end.abort();
      },
      5_000,
      end.signal,
    );
    expect(seen[0]).toMatchObject({ rowsLoaded: 0, loadRun: { rows: 0 } });
    expect([seen[0]?.tables[key('shop.a')]?.total, seen[0]?.tables[key('shop.b')]?.total]).toEqual([5, 3]);

    const before = (await world.task()).progress;
    expect(before.phase).toBe('load');
    expect(before.rowsLoaded).toBeGreaterThan(0);
    const there = [A, B].reduce((rows, table) => rows + world.sinkRows(table).length, 0);
    seen.length = 0;
    world.clock.jump(1_000);
    await world.run(async (call, when) => {
      if (call === 'sink.loadChunk' && when === 'before') seen.push((await world.task()).progress);
    });
    expect(seen.length).toBeGreaterThan(0);
    for (const { loadRun } of seen) {
      expect(loadRun?.rows).toBe(there);
      expect(loadRun?.since).toBeGreaterThan(before.loadRun?.since ?? Infinity);
    }
    const { progress } = await world.task();
    expect(progress).toMatchObject({ phase: 'window', rowsLoaded: 8, loadRun: undefined });
    expect(progress.tables[key('shop.a')]).toEqual({ chunks: 3, chunksDone: 3, rows: 5, total: 5 });
  });

  it('does without the number of a table that cannot be counted', async () => {
    const world = new MemoryWorld();
    fill(world);
    await world.createTask();
    const report = await world.run(async (call, when) => {
      await Promise.resolve();
      if (call === 'source.countRows' && when === 'before') throw new CdcError('SOURCE_ERROR', 'No count.');
    });
    expect(report).toMatchObject({ outcome: 'stopped', rowsLoaded: 8 });
    expect((await world.task()).progress.tables[key('shop.a')]).toEqual({ chunks: 3, chunksDone: 3, rows: 5 });
  });

  it('notes nothing new when an attempt begins again', async () => {
    const world = new MemoryWorld({}, { level: 'database', tables: [], databases: [{ source: 'shop', sink: 'copy' }] });
    fill(world);
    await world.createTask();
    const steps: number[] = [];
    let attempts = 0;
    await world.run(async (call, when) => {
      if (call !== 'sink.createTable' || when !== 'before' || attempts === 4) return;
      attempts += 1;
      steps.push((await world.task()).progress.progressAt);
      world.clock.jump(100);
      throw new CdcError('SINK_UNREACHABLE', 'Away.');
    });
    expect(new Set(steps).size).toBe(1);
    expect(attempts).toBe(4);
  });
});
