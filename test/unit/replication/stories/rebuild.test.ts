import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import { taskState } from '../../../../lib/record/task-state.ts';
import { tableKey } from '../../../../lib/task/task.ts';
import { askResync } from '../../../support/ask-resync.ts';
import type { Gate } from '../../../support/gate.ts';
import { killer, LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';
import { watched } from '../../../support/step-watcher.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

describe('a task whose history is gone', () => {
  async function lost(): Promise<MemoryWorld> {
    const world = new MemoryWorld();
    for (const id of ['1', '2', '3', '4']) world.source.put(A, id, 'x');
    await world.createTask();
    await world.run();
    world.source.snapshots.clear();
    world.source.put(A, '2', 'changed');
    world.source.put(B, '1', 'new');
    world.source.delete(A, '1');
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error?.code).toBe('HISTORY_LOST');
    return world;
  }

  it('is repaired by a resync of all of it, without emptying the sink', async () => {
    const world = await lost();
    await askResync(world);
    let least = Number.POSITIVE_INFINITY;
    world.sink.onCommit = () => {
      least = Math.min(least, world.sinkRows(A).length);
    };
    expect((await world.run()).outcome).toBe('stopped');
    expect(least).toBe(3);
    for (const table of SOURCE_TABLES) expect(world.sinkRows(table)).toEqual(world.sourceRows(table));
    const { progress } = await world.task();
    expect([...world.source.snapshots.keys()]).toEqual([progress.checkpoint?.name]);
    world.source.put(A, '9', 'after');
    await world.run();
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
  });

  it('stays failed after a resync of one table only, or a resume', async () => {
    const world = await lost();
    await expect(askResync(world, [tableKey(A)])).rejects.toMatchObject({ code: 'TASK_NOT_RUNNING' });
    expect((await world.run()).outcome).toBe('idle');
    await world.store.setDesired('t', 'running');
    expect((await world.run()).outcome).toBe('failed');
  });

  it('is repaired whatever call its workers die at', async () => {
    for (let at = 1; ; at += 1) {
      const world = await lost();
      await askResync(world);
      const { gate, killed } = killer(at);
      await world.run(gate).catch(() => undefined);
      world.source.put(B, String(at), 'meanwhile');
      world.clock.jump(LEASE_RUNS_OUT);
      await world.store.setDesired('t', 'running');
      await world.run();
      await world.run();
      const why = `killed ${killed()} (${at})`;
      for (const table of SOURCE_TABLES) expect(world.sinkRows(table), why).toEqual(world.sourceRows(table));
      expect((await world.task()).progress.pending, why).toBeUndefined();
      expect(world.sink.chunks.size, why).toBe(0);
      if (killed() === undefined) break;
    }
  }, 60_000);

  it('is repaired also where the source still lists the snapshot but cannot read at it, and once in a run', async () => {
    const world = new MemoryWorld();
    for (const id of ['1', '2', '3', '4']) world.source.put(A, id, 'x');
    await world.createTask();
    await world.run();
    world.source.put(A, '2', 'changed');
    world.source.delete(A, '1');
    const unreadable: Gate = async (call, when) => {
      await Promise.resolve();
      if (call === 'source.readChanges' && when === 'before') throw new CdcError('HISTORY_LOST', 'stale read');
    };
    expect((await world.run(unreadable)).outcome).toBe('failed');
    await askResync(world);
    const { gate, expectSame } = watched(world, A, () => true);
    const report = await world.run(async (call, when) => {
      await unreadable(call, when);
      await gate(call, when);
    });
    expect(report.outcome).toBe('stopped');
    expectSame();
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    expect(world.logged.filter((line) => line.startsWith('task.rebuild'))).toHaveLength(1);

    world.source.put(A, '9', 'later');
    expect((await world.run(unreadable)).outcome).toBe('failed');
    expect(taskState(await world.task(), world.clock.now())).toBe('historyLost');
  });

  it('is repaired also where the first copy had not been completed', async () => {
    const world = new MemoryWorld();
    for (const id of ['1', '2', '3', '4', '5']) world.source.put(A, id, 'x');
    await world.createTask();
    let chunks = 0;
    await world
      .run(async (call, when) => {
        await Promise.resolve();
        if (call === 'sink.loadChunk' && when === 'after') chunks += 1;
        if (chunks > 1) throw new Error('The process is dead.');
      })
      .catch(() => undefined);
    world.source.snapshots.clear();
    for (const id of ['1', '2', '3']) world.source.put(A, id, 'changed');
    world.clock.jump(LEASE_RUNS_OUT);
    expect((await world.run()).outcome).toBe('failed');
    await askResync(world);
    const { gate, expectSame } = watched(world, A, () => true);
    expect((await world.run(gate)).outcome).toBe('stopped');
    expectSame();
  });

  it('is repaired in the same way when it is the sink that was restored, and begun once', async () => {
    const world = new MemoryWorld();
    for (const id of ['1', '2', '3', '4', '5']) world.source.put(A, `0${id}`, 'x');
    await world.createTask();
    await world.run();
    const backup = structuredClone([...world.sink.fences]);
    for (const id of ['6', '7']) {
      world.source.put(A, id, 'later');
      await world.run();
    }
    for (const [task, fence] of backup) world.sink.fences.set(task, fence);
    world.sink.tables.get('copy.a')?.delete('6');
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error?.code).toBe('FENCE_MISMATCH');
    await askResync(world);
    let commits = 0;
    await world
      .run(async (call, when) => {
        await Promise.resolve();
        if (call === 'sink.batch.commit' && when === 'after') commits += 1;
        if (commits > 2) throw new Error('The process is dead.');
      })
      .catch(() => undefined);
    world.clock.jump(LEASE_RUNS_OUT);
    expect((await world.run()).outcome).toBe('stopped');
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    expect((await world.task()).progress.window).toBe(3);
    expect(world.logged.filter((line) => line.startsWith('task.rebuild'))).toHaveLength(1);
  });
});

it('a task whose sink was made anew, fence and all, can be restarted', async () => {
  const world = new MemoryWorld();
  for (const id of ['1', '2']) {
    world.source.put(A, id, 'x');
    if (id === '1') await world.createTask();
    await world.run();
  }
  world.sink.fences.clear();
  world.sink.tables.clear();
  world.sink.schemas.clear();
  await world.run();
  expect((await world.task()).error?.code).toBe('FENCE_MISMATCH');
  await world.store.restart('t');
  expect((await world.run()).outcome).toBe('stopped');
  world.source.put(A, '3', 'x');
  expect((await world.run()).outcome).toBe('stopped');
  expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
});

describe('a task for a database whose history is gone', () => {
  async function lost(): Promise<MemoryWorld> {
    const databases = [{ source: 'shop', sink: 'copy' }];
    const world = new MemoryWorld({}, { level: 'database', tables: [], databases });
    for (const table of SOURCE_TABLES) world.source.put(table, '1', 'x');
    await world.createTask();
    await world.run();
    world.source.snapshots.clear();
    return world;
  }

  it('knows a table that was dropped meanwhile when it comes again', async () => {
    const world = await lost();
    world.source.drop(A);
    await world.run();
    await askResync(world);
    expect((await world.run()).outcome).toBe('stopped');
    expect((await world.task()).progress.dropped.first).toMatchObject([{ table: 'shop.a' }]);
    world.source.create(memorySchema(A, { id: '7' }));
    world.source.put(A, '2', 'again');
    expect((await world.run()).outcome).toBe('stopped');
    expect(world.sinkRows(A)).toEqual(['2=again']);
  });

  it('does not leave a table out in silence that cannot be replicated any more', async () => {
    const world = await lost();
    world.source.create(memorySchema(A, { id: '7', key: [] }));
    await world.run();
    await askResync(world);
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error).toMatchObject({ code: 'SCHEMA_CHANGED', table: 'shop.a' });
  });
});
