import { expect, test } from 'vitest';
import type { Sink } from '../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../lib/replication/endpoints/sink-tables.ts';
import type { SinkWorld } from './sink-world.ts';

/** Whose a table is. */
export function describeOwners(world: SinkWorld): void {
  const names = (...tables: SinkTable[]) => tables.map(({ name }) => name);
  const taken = async (sink: Sink, ...tables: SinkTable[]): Promise<string[]> => {
    const found = await sink.ownTables(names(...tables));
    return found.map(({ name }) => name.table).sort();
  };

  test('a table is one task’s, until that task has it no more', async () => {
    const [a, b, c] = [world.simple(), world.simple(), world.simple()];
    const first = await world.newTask();
    expect(await taken(first, a, b)).toEqual([]);
    expect(await taken(first, b, a)).toEqual([]);
    const second = await world.newTask();
    expect(await taken(second, b, c, a)).toEqual([a.name.table, b.name.table]);
    expect(await second.check([a, c], 'refuse')).toMatchObject([
      { code: 'SINK_TABLE_TAKEN', setting: 'tables', found: expect.stringContaining(a.name.table) as string },
    ]);
    expect(await first.check([a, b], 'refuse')).toEqual([]);
    expect(await taken(first, c)).toEqual([c.name.table]);

    await first.keepTables(names(b));
    expect(await taken(second, a, b)).toEqual([b.name.table]);
    expect(await second.check([a, c], 'refuse')).toEqual([]);
    await first.forget(1);
    expect(await taken(second, a, b)).toEqual([]);
  });

  test('a newer epoch fences owning and giving back', async () => {
    const [a, b] = [world.simple(), world.simple()];
    const old = await world.newTask();
    expect(await taken(old, a)).toEqual([]);
    await world.openSink().takeOver(2);
    await expect(old.ownTables(names(b))).rejects.toMatchObject({ code: 'FENCED' });
    const again = world.openSink();
    await again.takeOver(3);
    await world.openSink().takeOver(4);
    await expect(again.keepTables([])).rejects.toMatchObject({ code: 'FENCED' });
    const other = await world.newTask();
    expect(await taken(other, a, b)).toEqual([a.name.table]);
  });

  test('of tasks that take a table at once one gets it', async () => {
    const tables = Array.from({ length: 3 }, () => world.simple());
    const tasks: Sink[] = [];
    for (let i = 0; i < 4; i += 1) tasks.push(await world.newTask());
    const found = await Promise.all(tasks.map((task) => taken(task, ...tables)));
    const owned = found.map((others) => tables.length - others.length);
    expect(owned.reduce((sum, count) => sum + count, 0)).toBe(tables.length);
  });

  test('tasks that own, free and forget tables at the same time are not in each other’s way', async () => {
    const tasks: Sink[] = [];
    for (let i = 0; i < 12; i += 1) tasks.push(await world.newTask());
    await Promise.all(
      tasks.map(async (sink, i) => {
        const own = Array.from({ length: 40 }, (_, n) => ({ database: world.database, table: `own_${n}_${i}` }));
        for (let round = 1; round <= 4; round += 1) {
          await sink.takeOver(round);
          expect(await sink.ownTables(own)).toEqual([]);
          await sink.keepTables(own.slice(0, 20));
          await sink.forget(round);
        }
      }),
    );
  }, 60_000);

  test('what a task without a fence has left is free', async () => {
    const table = world.simple();
    const gone = await world.newTask();
    expect(await taken(gone, table)).toEqual([]);
    await world.fixture.client.run(`delete from ${world.books}.fence`);
    const next = await world.newTask();
    expect(await next.check([table], 'refuse')).toEqual([]);
    expect(await taken(next, table)).toEqual([]);
    expect(await world.fixture.client.sorted(`select count(*) from ${world.books}.owner`)).toHaveLength(1);
  });

  test('a task of before tables had owners is forgotten whole', async () => {
    const sink = await world.newTask();
    await world.fixture.client.run(`drop table ${world.books}.owner`);
    await sink.forget(1);
    expect(await world.openSink().takeOver(1)).toEqual({ window: 0, batch: 0 });
    const left = await world.fixture.client.sorted(`select count(*) from ${world.books}.owner`);
    expect(left).toHaveLength(1);
  });

  test('many tables take little more than one', async () => {
    const sink = await world.newTask();
    const many = Array.from({ length: 1_200 }, (_, i) => ({ database: world.database, table: `many_${i}` }));
    expect(await sink.ownTables(many)).toEqual([]);
    const other = await world.newTask();
    expect(await other.ownTables(many)).toHaveLength(1_200);
    await sink.keepTables(many.slice(0, 3));
    expect(await other.ownTables(many)).toHaveLength(3);
  });
}
