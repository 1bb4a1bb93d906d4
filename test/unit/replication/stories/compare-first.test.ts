import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import { editedSpec } from '../../../../lib/task/edit-spec.ts';
import { tableKey, type TableName, type TaskOptions, type TaskSpec } from '../../../../lib/task/task.ts';
import { killer, LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [TableName, TableName];
const C: TableName = { database: 'shop', table: 'c' };

/** Gives the sink what another tool has copied of the table so far. */
function copied(world: MemoryWorld, table: TableName): void {
  const sink = { database: 'copy', table: table.table };
  world.sink.tables.set(tableKey(sink), new Map(world.source.tables.get(tableKey(table))));
  world.sink.schemas.set(tableKey(sink), memorySchema(table));
}

/** Another tool has copied both tables and was stopped. The source has gone on, and the other tool has made mistakes. */
function taken(options: Partial<TaskOptions> = {}, spec: Partial<TaskSpec> = {}): MemoryWorld {
  const world = new MemoryWorld({ existingRows: 'compare', ...options }, spec);
  for (const table of SOURCE_TABLES) {
    for (const id of ['1', '2', '3', '4', '5', '6']) world.source.put(table, id, 'copied');
    copied(world, table);
  }
  world.source.put(A, '1', 'after it was stopped');
  world.source.delete(A, '2');
  world.source.put(B, '7', 'after it was stopped');
  world.sink.tables.get('copy.b')?.delete('3');
  world.sink.tables.get('copy.b')?.set('99', [Buffer.from('99'), Buffer.from('a deletion that it lost')]);
  return world;
}

const expectEqual = (world: MemoryWorld, tables: readonly TableName[] = SOURCE_TABLES, why = ''): void => {
  for (const table of tables) expect(world.sinkRows(table), why).toEqual(world.sourceRows(table));
};

describe('a task that compares instead of copying', () => {
  it('writes what differs alone, and goes on from where it has compared', async () => {
    const world = taken();
    await world.createTask();
    let least = Number.POSITIVE_INFINITY;
    world.sink.onCommit = () => {
      least = Math.min(least, world.sinkRows(A).length, world.sinkRows(B).length);
    };
    expect((await world.run()).rowsLoaded).toBe(0);
    expectEqual(world);
    expect(least).toBe(5);
    const { progress } = await world.task();
    expect(progress).toMatchObject({ window: 1, rowsApplied: 5, rowsLoaded: 0 });
    expect([...world.source.snapshots.keys()]).toEqual([progress.checkpoint?.name]);
    world.source.put(A, '9', 'later');
    await world.run();
    expectEqual(world);
  });

  it('copies the tables that the sink does not have', async () => {
    const world = taken();
    world.sink.tables.delete('copy.b');
    world.sink.schemas.delete('copy.b');
    await world.createTask();
    await world.run();
    expectEqual(world);
  });

  it('loses nothing wherever its workers die, whatever changes meanwhile', async () => {
    for (let at = 1; ; at += 1) {
      const world = taken();
      await world.createTask();
      const { gate, killed } = killer(at);
      await world.run(gate).catch(() => undefined);
      world.source.put(B, String(at), 'meanwhile');
      world.source.delete(A, '5');
      world.clock.jump(LEASE_RUNS_OUT);
      await world.run();
      await world.run();
      const why = `killed ${killed()} (${at})`;
      expectEqual(world, SOURCE_TABLES, why);
      const { progress } = await world.task();
      expect(progress.pending, why).toBeUndefined();
      expect([...world.source.snapshots.keys()], why).toEqual([progress.checkpoint?.name]);
      expect(world.sink.chunks.size, why).toBe(0);
      if (killed() === undefined) break;
    }
  }, 60_000);

  it('refuses a sink table that does not fit before it writes anything', async () => {
    const world = taken();
    await world.createTask();
    const rows = (): string[][] => SOURCE_TABLES.map((table) => world.sinkRows(table));
    const before = rows();
    const report = await world.run(async (call, when) => {
      await Promise.resolve();
      if (call === 'sink.createTable' && when === 'before') throw new CdcError('SINK_TABLE_MISMATCH', 'Another key.');
    });
    expect(report.outcome).toBe('failed');
    expect(rows()).toEqual(before);
    expect((await world.task()).progress.phase).toBe('load');
  });

  it('does not take a table that another task owns', async () => {
    const world = taken();
    world.sink.owners.set('copy.a', 'another');
    await world.createTask();
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error?.code).toBe('SINK_TABLE_TAKEN');
    expect(world.sinkRows(A)).toContain('2=copied');
  });

  it('copies everything anew at a restart', async () => {
    const world = taken();
    await world.createTask();
    await world.run();
    world.source.put(A, '1', 'before the restart');
    await world.store.restart('t');
    expect((await world.run()).rowsLoaded).toBeGreaterThan(0);
    expectEqual(world);
  });

  it.each([
    ['comes with an edit', true],
    ['comes to a database', true],
    ['comes to a database and is new to the sink', false],
  ])('compares a table that %s, too', async (how, isAtSink) => {
    const edited = how === 'comes with an edit';
    const whole = { level: 'database', tables: [], databases: [{ source: 'shop', sink: 'copy' }] } as const;
    // A new table is no change of a schema.
    const world = taken({ schemaChange: edited ? 'follow' : 'stop' }, edited ? {} : whole);
    await world.createTask();
    await world.run();
    world.source.create(memorySchema(C, { id: '77' }));
    for (const id of ['1', '2', '3']) world.source.put(C, id, 'c');
    if (isAtSink) copied(world, C);
    world.sink.tables.get('copy.c')?.delete('2');
    if (edited) {
      const seen = await world.task();
      await world.store.edit(seen, editedSpec(seen.spec, { addTables: [{ source: 'shop.c', sink: 'copy.c' }] }));
    }
    expect((await world.run()).rowsLoaded).toBe(0);
    expect((await world.task()).error).toBeUndefined();
    expectEqual(world, [A, B, C]);
  });

  it('refuses the sink table of a new table that does not fit, before it would alter it', async () => {
    const world = taken();
    await world.createTask();
    await world.run();
    world.source.create(memorySchema(C, { id: '77' }));
    copied(world, C);
    const seen = await world.task();
    await world.store.edit(seen, editedSpec(seen.spec, { addTables: [{ source: 'shop.c', sink: 'copy.c' }] }));
    const calls: string[] = [];
    const report = await world.run(async (call, when) => {
      await Promise.resolve();
      calls.push(call);
      if (call === 'sink.createTable' && when === 'before') throw new CdcError('SINK_TABLE_MISMATCH', 'Another key.');
    });
    expect(report.outcome).toBe('failed');
    expect(calls).not.toContain('sink.alterTable');
  });

  it('goes on once a row that the sink refuses is mended at the source', async () => {
    const world = taken();
    world.source.put(A, '4', 'bad');
    world.sink.refuses = (_table, row) =>
      row.some((value) => value?.toString() === 'bad') ? new CdcError('SINK_ROW_REJECTED', 'Bad.') : undefined;
    await world.createTask();
    expect((await world.run()).outcome).toBe('failed');
    world.source.put(A, '4', 'good');
    for (let tries = 0; tries < 2; tries += 1) {
      await world.store.setDesired('t', 'running');
      await world.run();
    }
    expectEqual(world);
  });
});

it('whatever another tool has left at the sink, and whatever changes before and while it is compared, both ends end equal', async () => {
  const id = fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8');
  const row = fc.record({ table: fc.constantFrom(A, B), id, value: fc.option(fc.constantFrom('x', 'y', 'z')) });
  const rows = fc.array(row, { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(rows, rows, rows, fc.nat(40), async (copy, mistakes, changes, between) => {
      const world = new MemoryWorld({ existingRows: 'compare' });
      for (const each of copy) world.source.put(each.table, each.id, each.value ?? 'null');
      for (const table of SOURCE_TABLES) copied(world, table);
      for (const { table, id, value } of mistakes) {
        const found = world.sink.tables.get(`copy.${table.table}`);
        if (value === null) found?.delete(id);
        else found?.set(id, [Buffer.from(id), Buffer.from(value)]);
      }
      let calls = 0;
      const write = (some: typeof changes): void => {
        for (const { table, id, value } of some) {
          if (value === null) world.source.delete(table, id);
          else world.source.put(table, id, value);
        }
      };
      write(changes.slice(0, 4));
      await world.createTask();
      await world.run(async (call) => {
        await Promise.resolve();
        if (call.startsWith('sink.')) calls += 1;
        if (calls === between) write(changes.slice(4));
      });
      await world.run();
      expectEqual(world);
    }),
    { numRuns: 60 },
  );
}, 60_000);
