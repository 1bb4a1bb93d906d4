import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import { taskView } from '../../../../lib/http/view/task-view.ts';
import { type TaskEdit, editedSpec } from '../../../../lib/task/edit-spec.ts';
import { tableKey, type TableName, type TaskOptions, type TaskSpec } from '../../../../lib/task/task.ts';
import { killer, LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const C: TableName = { database: 'shop', table: 'c' };
const D: TableName = { database: 'shop', table: 'd' };
const pair = ({ table }: TableName) => ({ source: `shop.${table}`, sink: `copy.${table}` });

function world(options: Partial<TaskOptions> = {}, spec: Partial<TaskSpec> = {}): MemoryWorld {
  const made = new MemoryWorld(options, spec);
  for (const table of [C, D]) made.source.create(memorySchema(table));
  return made;
}

const edit = async (of: MemoryWorld, change: TaskEdit) => {
  const seen = await of.task();
  return await of.store.edit(seen, editedSpec(seen.spec, change));
};

const expectSame = (of: MemoryWorld, tables: readonly TableName[], why?: string): void => {
  for (const table of tables) expect(of.sinkRows(table), `${table.table} ${why ?? ''}`).toEqual(of.sourceRows(table));
};

describe('a task that is edited while it runs', () => {
  it('loads a table that is new to it, and nothing else anew', async () => {
    const it = world();
    for (const table of [A, C]) for (const id of ['1', '2', '3']) it.source.put(table, id, 'x');
    await it.createTask();
    await it.run();
    await edit(it, { addTables: [pair(C)] });
    it.source.put(A, '4', 'beside');
    const read: string[] = [];
    await it.run(async (call) => {
      await Promise.resolve();
      if (call.startsWith('source.readRange') || call === 'sink.loadChunk') read.push(call);
    });
    expectSame(it, [A, B, C]);
    expect(read.filter((call) => call === 'sink.loadChunk')).toHaveLength(4);
    expect((await it.task()).progress).toMatchObject({ window: 1, selection: 1, tables: { 'shop.c': { rows: 3 } } });
    it.source.put(C, '1', 'changed');
    await it.run();
    expectSame(it, [A, B, C]);
  });

  it('leaves a table that is taken out as it is, says so, and brings it into step when it comes back', async () => {
    const it = world();
    for (const id of ['1', '2']) it.source.put(B, id, 'x');
    await it.createTask();
    await it.run();
    await edit(it, { removeTables: ['shop.b'] });
    await it.run();
    it.source.put(B, '1', 'changed');
    it.source.delete(B, '2');
    it.source.put(A, '1', 'x');
    await it.run();
    expect(it.sinkRows(B)).toEqual(['1=x', '2=x']);
    const view = taskView(await it.task(), it.clock.now());
    expect(view.tables.map(({ source }) => source)).toEqual(['shop.a']);
    expect(view.dropped.first).toEqual([{ table: 'shop.b', reason: 'taken out of the task; copy.b stays as it was' }]);
    await edit(it, { addTables: [pair(B)] });
    await it.run();
    expectSame(it, [A, B]);
  });

  it('copies a table to where it goes from now on', async () => {
    const it = world();
    it.source.put(B, '1', 'x');
    await it.createTask();
    await it.run();
    it.source.put(B, '2', 'y');
    await edit(it, { removeTables: ['shop.b'], addTables: [{ source: 'shop.b', sink: 'copy.other' }] });
    await it.run();
    expect([...(it.sink.tables.get('copy.other')?.keys() ?? [])]).toEqual(['1', '2']);
    expect(it.sinkRows(B)).toEqual(['1=x']);
  });

  it('leaves the rows out that a table has when there is no first copy', async () => {
    const it = world({ noFull: true });
    it.source.put(C, '1', 'before');
    await it.createTask();
    await it.run();
    await edit(it, { addTables: [pair(C)] });
    await it.run();
    it.source.put(C, '2', 'after');
    await it.run();
    expect(it.sinkRows(C)).toEqual(['2=after']);
  });

  it('leaves them out again when the table comes back', async () => {
    const it = world({ noFull: true });
    await it.createTask();
    await it.run();
    it.source.put(B, '1', 'x');
    await it.run();
    await edit(it, { removeTables: ['shop.b'] });
    await it.run();
    it.source.put(B, '2', 'beside');
    await edit(it, { addTables: [pair(B)] });
    expect((await it.run()).outcome).toBe('stopped');
    it.source.put(B, '3', 'after');
    await it.run();
    expect(it.sinkRows(B)).toEqual(['1=x', '3=after']);
  });

  it('is not held up for good by a table that cannot be brought in', async () => {
    const it = world();
    it.source.put(C, '1', 'bad');
    it.sink.refuses = (_table, row) =>
      row[1]?.toString() === 'bad' ? new CdcError('SINK_ROW_REJECTED', 'No.') : undefined;
    await it.createTask();
    await it.run();
    await edit(it, { addTables: [pair(C)] });
    expect((await it.run()).outcome).toBe('failed');
    await expect(edit(it, { removeTables: ['shop.c'] })).rejects.toMatchObject({ code: 'TASK_EDIT_UNDER_WAY' });
    await edit(it, { options: { tableErrors: 'ignore' } });
    await it.store.setDesired('t', 'running');
    expect((await it.run()).outcome).toBe('stopped');
    await edit(it, { removeTables: ['shop.c'] });
    await it.run();
    expect((await it.task()).progress).toMatchObject({ aside: {}, selection: 2, pending: undefined });
  });

  it('takes whole databases in and out', async () => {
    const it = world({}, { level: 'database', tables: [], databases: [{ source: 'shop', sink: 'copy' }] });
    const other: TableName = { database: 'other', table: 'x' };
    it.source.create(memorySchema(other, { id: '5' }));
    it.source.put(other, '1', 'x');
    it.source.put(A, '1', 'x');
    await it.createTask();
    await it.run();
    await edit(it, { addDatabases: [{ source: 'other', sink: 'copy2' }], exclude: ['b$'] });
    await it.run();
    const { progress } = await it.task();
    expect(Object.keys(progress.tables)).toEqual(['other.x', 'shop.a', 'shop.c', 'shop.d']);
    expect(progress.dropped.first).toMatchObject([
      { table: 'shop.b', reason: 'taken out of the task; copy.b stays as it was' },
    ]);
    expect([...(it.sink.tables.get('copy2.x')?.keys() ?? [])]).toEqual(['1']);
    await edit(it, { removeDatabases: ['shop'] });
    it.source.put(A, '2', 'y');
    await it.run();
    expect(it.sinkRows(A)).toEqual(['1=x']);
  });

  it('takes tables without a key in when they need no key any more, and tells when they need one again', async () => {
    const it = world({}, { level: 'database', tables: [], databases: [{ source: 'shop', sink: 'copy' }] });
    const bare: TableName = { database: 'shop', table: 'bare' };
    it.source.create(memorySchema(bare, { id: '5', key: [] }));
    it.source.putInto(bare, 'h', '1', 'x');
    await it.createTask();
    await it.run();
    expect((await it.task()).progress.leftOut.count).toBe(1);
    await edit(it, { options: { withoutKey: 'replace' } });
    expect((await it.run()).outcome).toBe('stopped');
    expect(it.sinkRows(bare)).toEqual(['1=x']);
    expect((await it.task()).progress.leftOut.count).toBe(0);
    await edit(it, { options: { withoutKey: 'refuse' } });
    expect((await it.run()).outcome).toBe('failed');
    expect((await it.task()).error).toMatchObject({ code: 'SCHEMA_CHANGED', table: 'shop.bare' });
  });

  it('is obeyed at once by the worker that runs', async () => {
    const it = world({ mode: 'continuous' });
    it.source.put(C, '1', 'x');
    await it.createTask();
    let looks = 0;
    await it.run(async (call, when) => {
      if (call !== 'source.changedSince' || when !== 'after') return;
      looks += 1;
      if (looks === 3) await edit(it, { addTables: [pair(C)], options: { tableErrors: 'ignore' } });
      if (it.sinkRows(C).length > 0) await it.store.setDesired('t', 'paused');
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }, 20_000);
    expectSame(it, [C]);
    expect((await it.task()).progress.selection).toBe(1);
  });

  it('begins with what is declared by then when nobody has worked on it yet', async () => {
    const it = world();
    it.source.put(C, '1', 'x');
    await it.createTask();
    await edit(it, { tables: [pair(C)] });
    await it.run();
    expect([...it.sink.tables.keys()]).toEqual(['copy.c']);
    expect((await it.task()).progress).toMatchObject({ selection: 1, window: 0, rowsLoaded: 1 });
  });

  it('completes the first copy of what was declared when it began, and then the rest', async () => {
    const it = world();
    for (const table of [A, C]) for (const id of ['1', '2', '3']) it.source.put(table, id, 'x');
    await it.createTask();
    let edited = false;
    await it.run(async (call, when) => {
      if (call !== 'sink.loadChunk' || when !== 'after' || edited) return;
      edited = true;
      await edit(it, { addTables: [pair(C)], removeTables: ['shop.b'] });
    });
    await it.run();
    expectSame(it, [A, C]);
    expect((await it.task()).progress).toMatchObject({ phase: 'window', selection: 1 });
  });
});

/** One edit after another, at any moment, with workers that are killed: in the end everything declared is in step. */
describe('edits at any moment', () => {
  const some = fc.subarray([A, B, C, D], { minLength: 1 });
  const step = fc.record({
    tables: some,
    writes: fc.array(fc.tuple(fc.constantFrom(A, B, C, D), fc.constantFrom('1', '2', '3', '4', '5'), fc.boolean())),
    killAt: fc.integer({ min: 1, max: 60 }),
    editAt: fc.integer({ min: 0, max: 40 }),
  });

  it('bring what is declared in the end into step, whatever the workers die at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        const it = world({ chunkRows: 1 });
        for (const table of [A, B, C, D]) for (const id of ['1', '2', '3']) it.source.put(table, id, 'x');
        await it.createTask();
        for (const { tables, writes, killAt, editAt } of steps) {
          for (const [table, id, remove] of writes) {
            if (remove) it.source.delete(table, id);
            else it.source.put(table, id, String(killAt));
          }
          const { gate } = killer(killAt);
          let passed = 0;
          await it
            .run(async (call, when) => {
              passed += 1;
              if (passed === editAt) await edit(it, { tables: tables.map(pair) }).catch(() => undefined);
              await gate(call, when);
            })
            .catch(() => undefined);
          it.clock.jump(LEASE_RUNS_OUT);
        }
        expect((await it.run()).outcome).toBe('stopped');
        expect((await it.run()).outcome).toBe('stopped');
        const { spec, progress, error, selection } = await it.task();
        expect({ error, selection: progress.selection }).toEqual({ error: undefined, selection });
        for (const { source } of spec.tables) expectSame(it, [source], tableKey(source));
        expect([...it.source.snapshots.keys()]).toEqual([progress.checkpoint?.name]);
        expect(it.sink.chunks.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
