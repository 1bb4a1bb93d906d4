import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import { editedSpec, type TaskEdit } from '../../../../lib/task/edit-spec.ts';
import { tableKey, type TaskOptions } from '../../../../lib/task/task.ts';
import { askResync } from '../../../support/ask-resync.ts';
import type { Gate } from '../../../support/gate.ts';
import { LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const DATABASE = { level: 'database', tables: [], databases: [{ source: 'shop', sink: 'copy' }] } as const;

const ignoring = (options: Partial<TaskOptions> = {}) => new MemoryWorld({ tableErrors: 'ignore', ...options });
const ignoringDatabase = (options: Partial<TaskOptions> = {}) =>
  new MemoryWorld({ tableErrors: 'ignore', ...options }, DATABASE);

/** Refuses rows of the value `bad`. */
function refuseBad(world: MemoryWorld): void {
  const refused = new CdcError('SINK_ROW_REJECTED', 'The sink does not take it.');
  world.sink.refuses = (_table, row) => (row[1]?.toString() === 'bad' ? refused : undefined);
}

/** With table A set aside for its row. */
async function withAside(world: MemoryWorld): Promise<MemoryWorld> {
  refuseBad(world);
  world.source.put(A, '1', 'good');
  world.source.put(B, '1', 'good');
  await world.createTask();
  await world.run();
  world.source.put(A, '2', 'bad');
  await world.run();
  expect(Object.keys((await world.task()).progress.aside)).toEqual([tableKey(A)]);
  return world;
}

/** With table A set aside because it lost its key, which it has not at either end of the next window. */
async function withUnfit(world: MemoryWorld): Promise<MemoryWorld> {
  world.source.put(A, '1', 'good');
  world.source.put(B, '1', 'good');
  await world.createTask();
  await world.run();
  world.source.create(memorySchema(A, { id: '12', key: [] }));
  await world.run();
  expect(Object.keys((await world.task()).progress.aside)).toEqual([tableKey(A)]);
  return world;
}

/** A worker's run that makes very few snapshots, and ends by itself. */
async function runsCalmly(world: MemoryWorld): Promise<void> {
  let pins = 0;
  const gate: Gate = async (call, when) => {
    await Promise.resolve();
    if (call === 'source.createPin' && when === 'before') pins += 1;
    if (pins > 20) throw new CdcError('HISTORY_LOST', 'Snapshot after snapshot.');
  };
  expect((await world.run(gate)).outcome).toBe('stopped');
  expect(pins).toBeLessThan(5);
  expect((await world.task()).progress.check?.finishedAt).toBeGreaterThan(0);
}

const edit = async (world: MemoryWorld, change: TaskEdit) => {
  const seen = await world.task();
  return await world.store.edit(seen, editedSpec(seen.spec, change));
};

describe('a resync of a table that is set aside', () => {
  it('ends when the source has the table no more, and brings it back when it has', async () => {
    const world = await withAside(ignoring());
    world.source.replace(A);
    await askResync(world);
    await runsCalmly(world);
    world.source.create(memorySchema(A, { id: '20' }));
    world.source.put(A, '7', 'new');
    await world.run();
    await world.run();
    expect(world.sinkRows(A)).toEqual(['7=new']);
  });

  it('ends when the table still cannot be replicated', async () => {
    const world = await withUnfit(ignoringDatabase());
    await askResync(world);
    await runsCalmly(world);
    expect((await world.task()).progress.aside[tableKey(A)]).toMatchObject({ code: 'SCHEMA_CHANGED', check: 1 });
    world.source.create(memorySchema(A, { id: '13' }));
    world.source.put(A, '7', 'new');
    await askResync(world);
    await world.run();
    expect(world.sinkRows(A)).toEqual(['7=new']);
  });

  it('ends when a table that could not be replicated was dropped, and knows it when it comes again', async () => {
    const world = await withUnfit(ignoringDatabase());
    world.source.replace(A);
    await askResync(world);
    await runsCalmly(world);
    expect((await world.task()).progress).toMatchObject({ aside: {}, dropped: { count: 1 } });
    world.source.create(memorySchema(A, { id: '13' }));
    world.source.put(A, '7', 'new');
    await world.run();
    expect(world.sinkRows(A)).toEqual(['7=new']);
  });

  it('ends when a table that could not be replicated was taken out of the task', async () => {
    const world = await withUnfit(ignoringDatabase());
    await edit(world, { exclude: ['a$'] });
    await askResync(world);
    await runsCalmly(world);
    expect((await world.task()).progress.aside).toEqual({});
  });
});

describe('a table that is set aside', () => {
  it.each([
    ['that the store has', true],
    ['that only the fence has', false],
  ])(
    'comes back when that is asked for between the last write of a window %s and its checkpoint',
    async (_, stored) => {
      const world = await withAside(ignoring());
      world.source.put(A, '2', 'good');
      // More rows than a transaction may have.
      for (const id of stored ? ['2', '3', '4', '5', '6'] : ['2']) world.source.put(B, id, 'good');
      let committed = false;
      let dead = false;
      const death: Gate = async (call, when) => {
        await Promise.resolve();
        committed ||= call === 'sink.batch.commit' && when === 'after';
        dead ||= committed && call === 'store.saveProgress';
        if (dead) throw new Error('The process is dead.');
      };
      await world.run(death).catch(() => undefined);
      expect((await world.task()).progress.pending !== undefined).toBe(stored);
      await askResync(world);
      world.clock.jump(LEASE_RUNS_OUT);
      await world.run(async (call, when) => {
        await Promise.resolve();
        // A new index that the rows of before do not fit.
        if (call === 'sink.finishTable' && when === 'before' && world.sinkRows(A).length === 1)
          throw new CdcError('SINK_DUPLICATE_KEY', 'Rows of before.');
      });
      expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
      expect((await world.task()).progress.aside).toEqual({});
    },
  );

  it('stays so when it goes to another sink table from now on', async () => {
    const world = await withAside(ignoring());
    world.source.put(A, '2', 'good');
    await edit(world, { removeTables: ['shop.a'], addTables: [{ source: 'shop.a', sink: 'copy.other' }] });
    await world.run();
    world.source.put(A, '3', 'good');
    await world.run();
    await askResync(world);
    await world.run();
    expect([...(world.sink.tables.get('copy.other')?.keys() ?? [])].sort()).toEqual(['1', '2', '3']);
    expect((await world.task()).progress.aside).toEqual({});
  });

  it('may be one that has just come, as long as another is left', async () => {
    const world = await withAside(ignoringDatabase());
    const late = { database: 'shop', table: 'late' };
    world.source.create(memorySchema(late, { id: '9' }));
    world.source.put(late, '1', 'bad');
    world.source.put(B, '2', 'good');
    expect((await world.run()).outcome).toBe('stopped');
    expect(world.sinkRows(B)).toEqual(world.sourceRows(B));
    expect(Object.keys((await world.task()).progress.aside).sort()).toEqual(['shop.a', 'shop.late']);
  });

  it('keeps its sink table when the source table is dropped', async () => {
    const world = await withAside(ignoringDatabase({ droppedTables: 'drop' }));
    world.source.replace(A);
    await world.run();
    expect(world.sinkRows(A)).toEqual(['1=good']);
    expect((await world.task()).progress.dropped.first[0]?.reason).toContain('stays as it was');
  });

  it('is one whose sink table cannot be dropped', async () => {
    const world = ignoringDatabase({ droppedTables: 'drop' });
    world.source.put(A, '1', 'x');
    await world.createTask();
    await world.run();
    world.source.replace(A);
    let tries = 0;
    const report = await world.run(async (call, when) => {
      await Promise.resolve();
      if (call !== 'sink.dropTable' || when !== 'before') return;
      tries += 1;
      throw new CdcError(tries > 20 ? 'FENCE_MISMATCH' : 'SINK_PRIVILEGE', 'DROP command denied.');
    });
    expect(report.outcome).toBe('stopped');
    expect(tries).toBe(1);
  });
});
