import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import { taskView } from '../../../../lib/http/view/task-view.ts';
import { taskViewSchema } from '../../../../lib/http/view/task-view-schema.ts';
import type { Progress } from '../../../../lib/record/progress.ts';
import { tableKey, readTableKey } from '../../../../lib/task/task.ts';
import { askResync } from '../../../support/ask-resync.ts';
import { killer, LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { declaredAs, memorySchema } from '../../../support/memory-source.ts';
import type { Gate } from '../../../support/gate.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';
import { watched } from '../../../support/step-watcher.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const refused = new CdcError('SINK_ROW_REJECTED', 'The sink does not take it.');

/** A world whose sink takes no row with the value `bad`. */
function ignoring(world = new MemoryWorld({ tableErrors: 'ignore' })): MemoryWorld {
  world.sink.refuses = (_table, row) => (row[1]?.toString() === 'bad' ? refused : undefined);
  return world;
}

const nothingAside = ({ aside }: Progress): boolean => Object.keys(aside).length === 0;

async function shown(world: MemoryWorld) {
  const view = taskView(await world.task(), world.clock.now());
  expect(taskViewSchema.parse(view)).toEqual(view);
  return view;
}

describe('a table whose rows the sink refuses', () => {
  it('stops the task, unless errors of tables are to be ignored', async () => {
    const world = ignoring(new MemoryWorld());
    world.source.put(A, '1', 'bad');
    await world.createTask();
    expect((await world.run()).outcome).toBe('failed');
    expect(await shown(world)).toMatchObject({ state: 'failed', error: { code: refused.code, table: tableKey(A) } });
  });

  it('is set aside with its error in the first copy, and the others go on', async () => {
    const world = ignoring();
    world.source.put(A, '1', 'bad');
    world.source.put(B, '1', 'good');
    await world.createTask();
    expect((await world.run()).outcome).toBe('stopped');
    world.source.put(B, '2', 'more');
    await world.run();
    expect(world.sinkRows(B)).toEqual(['1=good', '2=more']);
    const { code, message, action } = refused;
    expect(await shown(world)).toMatchObject({
      state: 'running',
      error: null,
      tables: [{ source: 'shop.a', setAside: { code, message, action } }, { setAside: null }],
    });
  });

  it('is set aside in a window, which the others complete', async () => {
    const world = ignoring();
    world.source.put(A, '1', 'good');
    await world.createTask();
    await world.run();
    world.source.put(A, '2', 'bad');
    world.source.put(B, '1', 'x');
    world.source.put(A, '1', 'changed');
    await world.run();
    expect(world.sinkRows(A)).toEqual(['1=good']);
    expect(world.sinkRows(B)).toEqual(['1=x']);
    expect((await world.task()).progress).toMatchObject({ window: 1, pending: undefined });
  });

  it('comes back by a resync, with all that it has missed, and is followed again', async () => {
    const world = ignoring();
    for (const id of ['1', '2', '3']) world.source.put(A, id, 'good');
    await world.createTask();
    await world.run();
    world.source.put(A, '4', 'bad');
    world.source.delete(A, '1');
    await world.run();
    world.source.put(A, '4', 'mended');
    world.source.put(A, '2', 'missed');
    await world.run();
    expect(world.sinkRows(A)).toEqual(['1=good', '2=good', '3=good']);
    await askResync(world, [tableKey(A)]);
    await world.run();
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    world.source.put(A, '5', 'after');
    await world.run();
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    expect((await shown(world)).tables.map(({ setAside }) => setAside)).toEqual([null, null]);
  });

  it('is set aside again when it still does not fit, and is not tried for ever', async () => {
    const world = ignoring();
    world.source.put(A, '1', 'bad');
    await world.createTask();
    await world.run();
    await askResync(world);
    world.logged.length = 0;
    await world.run();
    await world.run();
    expect(world.logged.filter((line) => line.startsWith('table.set-aside'))).toHaveLength(1);
    expect((await shown(world)).tables[0]?.setAside?.code).toBe(refused.code);
  });

  it('stops the task when no other table is left', async () => {
    const world = ignoring();
    for (const table of SOURCE_TABLES) world.source.put(table, '1', 'bad');
    await world.createTask();
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error).toMatchObject({ code: refused.code });
    expect(Object.keys((await world.task()).progress.aside)).toHaveLength(1);
  });
});

describe('a table set aside', () => {
  it('is one that was altered while the task is to stop at that', async () => {
    const world = ignoring(new MemoryWorld({ tableErrors: 'ignore', schemaChange: 'stop' }));
    await world.createTask();
    await world.run();
    world.source.replace(A, declaredAs('create table a (altered)'));
    world.source.put(A, '1', 'new');
    world.source.put(B, '1', 'x');
    expect((await world.run()).outcome).toBe('stopped');
    expect(world.sinkRows(B)).toEqual(['1=x']);
    expect((await shown(world)).tables[0]?.setAside?.code).toBe('SCHEMA_CHANGED');
    await askResync(world, [tableKey(A)]);
    await world.run();
    expect(world.sinkRows(A)).toEqual(['1=new']);
  });

  it('is one that cannot be replicated any more, until it can be and is asked for', async () => {
    const databases = [{ source: 'shop', sink: 'copy' }];
    const world = ignoring(new MemoryWorld({ tableErrors: 'ignore' }, { level: 'database', tables: [], databases }));
    world.source.put(A, '1', 'x');
    world.source.put(B, '1', 'y');
    await world.createTask();
    await world.run();
    world.source.create(memorySchema(B, { id: '12', key: [] }));
    world.source.put(A, '2', 'more');
    await world.run();
    expect(world.sinkRows(A)).toEqual(['1=x', '2=more']);
    expect((await shown(world)).tables).toMatchObject([{ setAside: null }, { setAside: { code: 'SCHEMA_CHANGED' } }]);
    world.source.create(memorySchema(B, { id: '13' }));
    world.source.put(B, '7', 'z');
    await world.run();
    expect(world.sinkRows(B)).toEqual(['1=y']);
    await askResync(world, [tableKey(B)]);
    await world.run();
    expect(world.sinkRows(B)).toEqual(['7=z']);
    expect((await shown(world)).tables.map(({ setAside }) => setAside)).toEqual([null, null]);
  });

  it('is forgotten when the source has it no more, and its rows count as the task’s own when it returns', async () => {
    const databases = [{ source: 'shop', sink: 'copy' }];
    const world = ignoring(new MemoryWorld({ tableErrors: 'ignore' }, { level: 'database', tables: [], databases }));
    world.source.put(B, '1', 'y');
    await world.createTask();
    await world.run();
    world.source.put(B, '2', 'bad');
    await world.run();
    world.source.drop(B);
    await world.run();
    expect(await shown(world)).toMatchObject({ tables: [{ source: 'shop.a' }], dropped: { count: 1 } });
    world.source.create(memorySchema(B, { id: '14' }));
    world.source.put(B, '9', 'z');
    await world.run();
    expect(world.sinkRows(B)).toEqual(['9=z']);
  });

  it('by an error that may pass is set aside only after some tries and some time', async () => {
    const world = ignoring(new MemoryWorld({ tableErrors: 'ignore', mode: 'continuous' }));
    await world.createTask();
    await world.runUntilIdle();
    world.source.put(A, '1', 'x');
    const error = new CdcError('SOURCE_ERROR', 'The diff panics.');
    const told = (event: string) => world.logged.filter((line) => line.startsWith(`${event} `)).length;
    const setAside = new AbortController();
    const gate: Gate = async (call, when) => {
      await Promise.resolve();
      if (told('table.set-aside') > 0 || told('task.error') > 100) setAside.abort();
      else if (call === 'source.readChanges' && when === 'before') {
        world.clock.jump(9_000);
        throw error;
      }
    };
    await world.run(gate, 600_000, setAside.signal);
    expect([told('task.error'), told('table.set-aside')]).toEqual([4, 1]);
    expect((await shown(world)).tables[0]?.setAside?.code).toBe('SOURCE_ERROR');
  });
});

describe('what a table set aside has left', () => {
  it('of a plan does not pass for the plan of its return', async () => {
    const world = ignoring(new MemoryWorld({ tableErrors: 'ignore', mode: 'continuous' }));
    await world.createTask();
    await world.runUntilIdle();
    world.source.replace(A, {});
    for (const id of ['1', '2', '3', '4']) world.source.put(A, id, 'x');
    world.source.put(A, '5', 'bad');
    let mended = false;
    const { gate, expectSame } = watched(world, A, (progress) => mended && nothingAside(progress));
    await world.run(async (call, when) => {
      await gate(call, when);
      if (call !== 'source.changedSince' || when !== 'before') return;
      const { aside } = (await world.task()).progress;
      if (aside[readTableKey('shop.a')] !== undefined && !mended) {
        mended = true;
        // Behind the chunks that were done before the bad row came.
        world.source.put(A, '1', 'changed');
        world.source.put(A, '5', 'mended');
        await world.store.check('t', 'resync', [readTableKey('shop.a')]);
        world.clock.jump(1_000);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }, 3_000);
    expectSame();
  });

  it('is not taken for brought back by a window that had been applied before that was asked for', async () => {
    const world = ignoring();
    world.source.put(A, '1', 'bad');
    await world.createTask();
    await world.run();
    world.source.put(A, '1', 'mended');
    world.source.put(B, '1', 'x');
    let dead = false;
    await world
      .run(async (call, when) => {
        await Promise.resolve();
        dead ||= call === 'sink.batch.commit' && when === 'after';
        if (dead) throw new Error('The process is dead.');
      })
      .catch(() => undefined);
    expect(world.sinkRows(B)).toEqual(['1=x']);
    await askResync(world, [tableKey(A)]);
    world.clock.jump(LEASE_RUNS_OUT);
    const { gate, expectSame } = watched(world, A, nothingAside);
    await world.run(gate);
    expectSame();
  });
});

describe('a worker killed at any call while a table is set aside and brought back', () => {
  it('leaves every table in step in the end', async () => {
    const points = new Set<string>();
    for (let at = 1; ; at += 1) {
      const world = ignoring();
      const { gate, killed } = killer(at);
      const next = async (): Promise<void> => {
        const report = await world.run(gate).catch(() => undefined);
        if (report?.outcome === 'stopped' && (await world.task()).lease === undefined) return;
        world.clock.jump(LEASE_RUNS_OUT);
        expect((await world.run()).outcome).toBe('stopped');
      };
      for (const id of ['1', '2', '3', '4', '5']) world.source.put(A, id, 'good');
      world.source.put(B, '1', 'good');
      await world.createTask();
      await next();
      for (const id of ['2', '6', '7', '8']) world.source.put(A, id, 'second');
      world.source.put(A, '9', 'bad');
      world.source.put(B, '2', 'second');
      await next();
      world.source.put(A, '9', 'mended');
      world.source.delete(A, '7');
      world.source.put(B, '3', 'third');
      await askResync(world, [tableKey(A)]);
      await next();
      world.source.put(A, '1', 'fourth');
      await next();
      const why = `killed ${killed()} (${at})`;
      for (const table of SOURCE_TABLES) expect(world.sinkRows(table), why).toEqual(world.sourceRows(table));
      const { progress, error } = await world.task();
      expect({ aside: progress.aside, error, chunks: world.sink.chunks.size }, why).toEqual({ aside: {}, chunks: 0 });
      expect([...world.source.snapshots.keys()], why).toEqual([progress.checkpoint?.name]);
      if (killed() === undefined) break;
      points.add(killed() ?? '');
    }
    expect(points.size).toBeGreaterThan(20);
  }, 60_000);
});
