import { describe, expect, it } from 'vitest';
import { editedSpec } from '../../../../lib/task/edit-spec.ts';
import type { TableName } from '../../../../lib/task/task.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [TableName, TableName];
const C: TableName = { database: 'shop', table: 'c' };

const same = (world: MemoryWorld, ...tables: TableName[]): void => {
  for (const table of tables) expect(world.sinkRows(table), table.table).toEqual(world.sourceRows(table));
};

describe('a named table that is not there', () => {
  it('at the pin of the first copy is missing, and comes with the window in which it comes back', async () => {
    const world = new MemoryWorld();
    await world.createTask();
    world.source.put(A, '1', 'x');
    world.source.drop(B);
    expect((await world.run()).outcome).toBe('stopped');
    expect(await world.task()).toMatchObject({ error: undefined, progress: { phase: 'window', missing: ['shop.b'] } });
    same(world, A);
    world.source.create(memorySchema(B, { id: '9' }));
    world.source.put(B, '1', 'y');
    await world.run();
    same(world, A, B);
    expect((await world.task()).progress.missing).toEqual([]);
  });

  it('at the pin of a restart is missing as well', async () => {
    const world = new MemoryWorld();
    world.source.put(B, '1', 'x');
    await world.createTask();
    await world.run();
    world.source.drop(B);
    await world.store.restart('t');
    await world.run();
    expect(await world.task()).toMatchObject({ error: undefined, progress: { phase: 'window', missing: ['shop.b'] } });
    world.source.create(memorySchema(B, { id: '9' }));
    world.source.put(B, '2', 'y');
    await world.run();
    same(world, A, B);
  });

  it('at the end of the window that takes its edit over does not hold up the others', async () => {
    const world = new MemoryWorld();
    await world.createTask();
    await world.run();
    const seen = await world.task();
    await world.store.edit(seen, editedSpec(seen.spec, { addTables: [{ source: 'shop.c', sink: 'copy.c' }] }));
    world.source.put(A, '1', 'x');
    await world.run();
    expect(await world.task()).toMatchObject({ error: undefined, progress: { selection: 1, missing: ['shop.c'] } });
    same(world, A, B);
    world.source.create(memorySchema(C));
    world.source.put(C, '1', 'y');
    await world.run();
    same(world, A, B, C);
  });
});
