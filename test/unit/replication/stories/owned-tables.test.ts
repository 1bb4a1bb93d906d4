import { describe, expect, it } from 'vitest';
import { editedSpec, type TaskEdit } from '../../../../lib/task/edit-spec.ts';
import type { TaskOptions } from '../../../../lib/task/task.ts';
import { askResync } from '../../../support/ask-resync.ts';
import { killer, LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const PAIR_B = { source: 'shop.b', sink: 'copy.b' };

async function made(options: Partial<TaskOptions> = {}): Promise<MemoryWorld> {
  const world = new MemoryWorld(options);
  for (const table of SOURCE_TABLES) for (const id of ['1', '2', '3']) world.source.put(table, id, 'x');
  await world.createTask();
  return world;
}

const edit = async (world: MemoryWorld, change: TaskEdit): Promise<void> => {
  const seen = await world.task();
  await world.store.edit(seen, editedSpec(seen.spec, change));
};
const owned = (world: MemoryWorld): string[] => [...world.sink.owners.keys()].sort();

describe('a sink table that another task has', () => {
  it('is not touched, and named with that task; once it is free, the task goes on', async () => {
    const world = await made();
    world.sink.owners.set('copy.b', 'other-task');
    world.sink.tables.set('copy.b', new Map([['7', [Buffer.from('7'), Buffer.from('theirs')]]]));
    await world.run();
    const { error } = await world.task();
    expect(error).toMatchObject({ code: 'SINK_TABLE_TAKEN', table: 'shop.b', retry: false });
    expect(error?.message).toContain('whose id is other-task, writes to the sink table copy.b');
    expect(world.sinkRows(B)).toEqual(['7=theirs']);
    world.sink.owners.delete('copy.b');
    world.sink.tables.delete('copy.b');
    await world.store.setDesired('t', 'running');
    await world.run();
    for (const table of SOURCE_TABLES) expect(world.sinkRows(table)).toEqual(world.sourceRows(table));
  });

  it('is set aside where the task is to go on without such tables, and comes back by a resync', async () => {
    const world = await made({ tableErrors: 'ignore' });
    world.sink.owners.set('copy.b', 'other-task');
    await world.run();
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    expect((await world.task()).progress.aside).toMatchObject({ 'shop.b': { code: 'SINK_TABLE_TAKEN' } });
    expect(world.sink.tables.has('copy.b')).toBe(false);
    world.sink.owners.delete('copy.b');
    await askResync(world, ['shop.b']);
    await world.run();
    expect(world.sinkRows(B)).toEqual(world.sourceRows(B));
    expect(world.sink.owners.get('copy.b')).not.toBe('other-task');
    expect(owned(world)).toEqual(['copy.a', 'copy.b']);
  });

  it('stops the window that is to bring it', async () => {
    const world = await made();
    await edit(world, { removeTables: ['shop.b'] });
    await world.run();
    expect(owned(world)).toEqual(['copy.a']);
    world.sink.owners.set('copy.b', 'other-task');
    await edit(world, { addTables: [PAIR_B] });
    await world.run();
    expect((await world.task()).error).toMatchObject({ code: 'SINK_TABLE_TAKEN', table: 'shop.b' });
    expect(world.sink.tables.has('copy.b')).toBe(false);
  });
});

describe('the tables that a task owns', () => {
  it('are those that it has, wherever a worker dies while they come and go', async () => {
    const steps: TaskEdit[] = [{ removeTables: ['shop.b'] }, { addTables: [PAIR_B] }, { removeTables: ['shop.a'] }];
    const expected = [['copy.a'], ['copy.a', 'copy.b'], ['copy.b']];
    for (const [i, want] of expected.entries()) {
      for (let at = 1; ; at += 1) {
        const world = await made();
        await world.run();
        for (const step of steps.slice(0, i)) {
          await edit(world, step);
          await world.run();
        }
        await edit(world, steps[i] ?? {});
        const { gate, killed } = killer(at);
        await world.run(gate).catch(() => undefined);
        world.clock.jump(LEASE_RUNS_OUT);
        await world.run();
        expect(owned(world), `killed ${killed()} (${at})`).toEqual(want);
        if (killed() === undefined) break;
      }
    }
  }, 60_000);

  it('are its own until that is recorded: what is another’s by then is not dropped', async () => {
    const options = { droppedTables: 'drop' } as const;
    const databases = [{ source: 'shop', sink: 'copy' }];
    for (let at = 1; ; at += 1) {
      const world = new MemoryWorld(options, { level: 'database', tables: [], databases });
      await world.createTask();
      await world.run();
      world.source.drop(B);
      world.source.put(A, '1', 'x');
      const { gate, killed } = killer(at);
      await world.run(gate).catch(() => undefined);
      // Somebody creates a task for the table as soon as it may be had.
      const isFree = !world.sink.owners.has('copy.b');
      if (isFree) {
        world.sink.owners.set('copy.b', 'other-task');
        world.sink.tables.set('copy.b', new Map([['7', [Buffer.from('7'), Buffer.from('theirs')]]]));
      }
      world.clock.jump(LEASE_RUNS_OUT);
      await world.run();
      if (isFree) expect(world.sinkRows(B), `killed ${killed()} (${at})`).toEqual(['7=theirs']);
      expect(world.sink.owners.get('copy.b') ?? 'other-task').toBe('other-task');
      if (killed() === undefined) break;
    }
  }, 60_000);

  it('are noted of tasks of before, which had none', async () => {
    const world = await made();
    await world.run();
    world.sink.owners.clear();
    await world.run();
    expect(owned(world)).toEqual(['copy.a', 'copy.b']);
  });

  it('are another’s once the source has them no more, and nobody’s after a drop', async () => {
    const world = new MemoryWorld({}, { level: 'database', tables: [], databases: [{ source: 'shop', sink: 'copy' }] });
    await world.createTask();
    await world.run();
    world.source.create(memorySchema({ database: 'shop', table: 'c' }));
    await world.run();
    expect(owned(world)).toEqual(['copy.a', 'copy.b', 'copy.c']);
    world.source.drop(B);
    world.source.put(A, '1', 'x');
    await world.run();
    expect(owned(world)).toEqual(['copy.a', 'copy.c']);
    await world.store.drop('t');
    await world.run();
    expect(owned(world)).toEqual([]);
  });
});
