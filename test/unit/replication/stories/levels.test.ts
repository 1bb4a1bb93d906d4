import { describe, expect, it } from 'vitest';
import { taskView } from '../../../../lib/http/view/task-view.ts';
import { taskViewSchema } from '../../../../lib/http/view/task-view-schema.ts';
import type { TaskOptions } from '../../../../lib/task/task.ts';
import { declaredAs, memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const shop = (table: string) => ({ database: 'shop', table });

const databaseWorld = (exclude: string[] = [], options: Partial<TaskOptions> = {}): MemoryWorld =>
  new MemoryWorld(options, { level: 'database', tables: [], databases: [{ source: 'shop', sink: 'copy' }], exclude });

const shown = async (world: MemoryWorld) => {
  const view = taskView(await world.task(), world.clock.now());
  expect(taskViewSchema.parse(view)).toEqual(view);
  return view;
};

describe('a task for a database', () => {
  it('copies its tables, and names those that cannot be replicated', async () => {
    const world = databaseWorld(['tmp$']);
    world.source.create(memorySchema(shop('nokey'), { id: '2', key: [] }));
    world.source.create(memorySchema(shop('seen'), { id: '3', ...declaredAs('create view seen') }));
    world.source.create(memorySchema(shop('x_tmp'), { id: '4' }));
    world.source.create(memorySchema({ database: 'other', table: 'x' }, { id: '5' }));
    world.source.put(A, '1', 'one');
    await world.createTask();
    expect((await world.run()).outcome).toBe('stopped');
    expect([...world.sink.tables.keys()].sort()).toEqual(['copy.a', 'copy.b']);
    expect(world.sinkRows(A)).toEqual(['1=one']);
    expect(await shown(world)).toMatchObject({
      tables: [
        { source: 'shop.a', sink: 'copy.a', rows: 1 },
        { source: 'shop.b', sink: 'copy.b', rows: 0 },
      ],
      leftOut: {
        count: 2,
        first: [
          { table: 'shop.nokey', reason: 'it has no key' },
          { table: 'shop.seen', reason: 'it is a view' },
        ],
      },
      dropped: { count: 0 },
    });
  });

  it('loads a table that comes, in the window in which it came', async () => {
    const world = databaseWorld();
    await world.createTask();
    await world.run();
    world.source.create(memorySchema(shop('new'), { id: '9' }));
    for (const id of ['1', '2', '3']) world.source.put(shop('new'), id, 'x');
    await world.run();
    expect(world.sinkRows(shop('new'))).toEqual(['1=x', '2=x', '3=x']);
    const { progress } = await world.task();
    expect(progress).toMatchObject({ window: 1, rowsLoaded: 3, tables: { 'shop.new': { rows: 3 } } });
    expect(world.sink.chunks.size).toBe(0);
    world.source.put(shop('new'), '1', 'y');
    await world.run();
    expect(world.sinkRows(shop('new'))).toEqual(['1=y', '2=x', '3=x']);
  });

  it('drops at the sink what was dropped at the source, when it is asked to', async () => {
    const world = databaseWorld([], { droppedTables: 'drop' });
    world.source.put(B, '1', 'old');
    await world.createTask();
    await world.run();
    world.source.drop(B);
    await world.run();
    expect([...world.sink.tables.keys()]).toEqual(['copy.a']);
    expect((await shown(world)).dropped.first).toEqual([
      { table: 'shop.b', reason: 'dropped or renamed at the source; copy.b was dropped too' },
    ]);
    world.source.create(memorySchema(B, { id: '11' }));
    world.source.put(B, '2', 'new');
    await world.run();
    expect(world.sinkRows(B)).toEqual(['2=new']);
  });

  it('stops at a dropped table, when it is asked to, until the sink table is dropped too', async () => {
    const world = databaseWorld([], { droppedTables: 'drop', schemaChange: 'stop' });
    world.source.put(B, '1', 'old');
    await world.createTask();
    await world.run();
    world.source.drop(B);
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.task()).error?.message).toContain('shop.b was dropped at the source. At the sink: drop table');
    expect(world.sinkRows(B)).toEqual(['1=old']);
    world.sink.tables.delete('copy.b');
    world.sink.schemas.delete('copy.b');
    await world.store.setDesired('t', 'running');
    expect((await world.run()).outcome).toBe('stopped');
    expect((await world.task()).progress.dropped.first).toMatchObject([{ table: 'shop.b' }]);
  });

  it('keeps at the sink what was dropped at the source, and says so until it comes back', async () => {
    const world = databaseWorld();
    world.source.put(B, '1', 'old');
    await world.createTask();
    await world.run();
    world.source.drop(B);
    await world.run();
    expect(world.sinkRows(B)).toEqual(['1=old']);
    expect(await shown(world)).toMatchObject({
      tables: [{ source: 'shop.a' }],
      dropped: { count: 1, first: [{ table: 'shop.b' }] },
    });
    world.source.create(memorySchema(B, { id: '11' }));
    world.source.put(B, '2', 'new');
    await world.run();
    expect(world.sinkRows(B)).toEqual(['2=new']);
    expect(await shown(world)).toMatchObject({ tables: [{}, { source: 'shop.b' }], dropped: { count: 0 } });
  });

  it('does not touch rows of a sink table that is not its own', async () => {
    const world = databaseWorld();
    await world.createTask();
    await world.run();
    world.sink.tables.set('copy.new', new Map([['1', [Buffer.from('1'), null]]]));
    world.source.create(memorySchema(shop('new'), { id: '9' }));
    await world.run();
    expect(await shown(world)).toMatchObject({ state: 'failed', error: { code: 'SINK_TABLE_NOT_EMPTY' } });
    world.sink.tables.delete('copy.new');
    await world.store.setDesired('t', 'running');
    await world.run();
    expect(await shown(world)).toMatchObject({ state: 'running', windows: 1 });
  });

  it('stops when a table can no longer be replicated', async () => {
    const world = databaseWorld();
    await world.createTask();
    await world.run();
    world.source.create(memorySchema(B, { id: '12', key: [] }));
    await world.run();
    expect((await world.task()).error).toMatchObject({
      code: 'SCHEMA_CHANGED',
      message: 'shop.b cannot be replicated any more: it has no key.',
    });
  });
});

describe('a task for the account', () => {
  it('copies every database under its own name, but for those of the servers', async () => {
    const world = new MemoryWorld({}, { level: 'account', tables: [] });
    world.source.create(memorySchema({ database: 'mo_cdc', table: 'fence' }, { id: '2' }));
    world.source.create(memorySchema({ database: 'system', table: 'x' }, { id: '3' }));
    world.source.create(memorySchema({ database: 'dotted.name', table: 'x' }, { id: '4' }));
    await world.createTask();
    await world.run();
    world.source.create(memorySchema({ database: 'later', table: 'x' }, { id: '5' }));
    await world.run();
    expect([...world.sink.tables.keys()].sort()).toEqual(['later.x', 'shop.a', 'shop.b']);
    expect((await shown(world)).leftOut.first.map(({ table }) => table)).toEqual(['dotted.name.x']);
  });
});
