import { describe, expect, it } from 'vitest';
import { editedSpec } from '../../../../lib/task/edit-spec.ts';
import type { TaskOptions, TaskSpec } from '../../../../lib/task/task.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';
import { expectEqual, expectOnePin, expectSurvived, refuseBad, resume } from '../../../support/refused-row-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

const C = { database: 'shop', table: 'c' };

/** A task that has failed at a row in the midst of its first copy. */
async function refused(options: Partial<TaskOptions> = {}, spec: Partial<TaskSpec> = {}): Promise<MemoryWorld> {
  const world = new MemoryWorld({ chunkRows: 2, loadWorkers: 1, ...options }, spec);
  for (const table of SOURCE_TABLES) world.source.create(memorySchema(table, { hasUniqueKeys: true }));
  for (const id of ['1', '2', '3', '4', '5', '6', '7', '8']) {
    world.source.put(A, id, 'good');
    world.source.put(B, id, id === '7' ? 'bad' : 'good');
  }
  refuseBad(world);
  await world.createTask();
  expect((await world.run()).outcome).toBe('failed');
  return world;
}

describe.each(['refuse', 'replace'] as const)('a row of the first copy that the sink refuses (%s)', (existingRows) => {
  it('is in nobody’s way once it is mended at the source', async () => {
    const world = await refused({ existingRows });
    world.source.delete(B, '7');
    world.source.put(A, '1', 'changed meanwhile');
    world.source.delete(A, '2');
    await resume(world);
    expectEqual(world);
    const { error } = await world.task();
    expect(error).toBeUndefined();
    await expectOnePin(world);
    expect(world.logged.some((line) => line.startsWith('load.given-up'))).toBe(true);
  });

  it('stops the task again as long as it is there', async () => {
    const world = await refused({ existingRows });
    await resume(world);
    expect((await world.task()).error?.code).toBe('SINK_ROW_REJECTED');
    world.source.put(B, '7', 'good by now');
    await resume(world);
    expectEqual(world);
  });

  it('loses nothing wherever a worker dies', async () => {
    const mended = async (): Promise<MemoryWorld> => {
      const world = await refused({ existingRows });
      world.source.put(B, '7', 'good by now');
      world.source.delete(A, '4');
      return world;
    };
    await expectSurvived(mended, (world) => {
      world.source.put(B, '1', 'meanwhile');
    });
  }, 60_000);
});

/** A table of the source whose sink table has a row of somebody else's. */
function makeForeign(world: MemoryWorld): void {
  world.source.create(memorySchema(C, { id: '77' }));
  world.source.put(C, '1', 'c');
  world.sink.schemas.set('copy.c', memorySchema({ database: 'copy', table: 'c' }));
  world.sink.tables.set('copy.c', new Map([['f', [Buffer.from('f'), Buffer.from('foreign')]]]));
}

it.each(['comes with an edit', 'comes to a database'])(
  'rows of others in the sink table of a table that %s meanwhile are not touched',
  async (how) => {
    const edited = how === 'comes with an edit';
    const whole = { level: 'database', tables: [], databases: [{ source: 'shop', sink: 'copy' }] } as const;
    const world = await refused({ existingRows: 'refuse' }, edited ? {} : whole);
    makeForeign(world);
    world.source.put(B, '7', 'good by now');
    if (edited) {
      const seen = await world.task();
      await world.store.edit(seen, editedSpec(seen.spec, { addTables: [{ source: 'shop.c', sink: 'copy.c' }] }));
    }
    await resume(world);
    expect((await world.task()).error?.code).toBe('SINK_TABLE_NOT_EMPTY');
    expect(world.sinkRows(C)).toEqual(['f=foreign']);
    world.sink.tables.set('copy.c', new Map());
    await resume(world);
    for (const table of [...SOURCE_TABLES, C]) expect(world.sinkRows(table)).toEqual(world.sourceRows(table));
  },
);

it('the sink table of one that is dropped instead goes with it, where it is to', async () => {
  const world = await refused({ droppedTables: 'drop' });
  world.source.drop(B);
  await resume(world);
  expect((await world.task()).error).toBeUndefined();
  expect([...world.sink.tables.keys()]).toEqual(['copy.a']);
});

it('rows of others in a sink table that the first copy has not come to are not touched', async () => {
  const world = await refused({ existingRows: 'refuse' });
  for (const [task, plans] of world.sink.chunks) {
    world.sink.chunks.set(
      task,
      plans.filter(({ table }) => table !== 'copy.a'),
    );
  }
  world.source.delete(B, '7');
  await resume(world);
  expect(world.logged.some((line) => line.startsWith('load.given-up'))).toBe(false);
});
