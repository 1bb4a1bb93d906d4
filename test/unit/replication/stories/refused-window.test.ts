import { describe, expect, it } from 'vitest';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';
import { expectEqual, expectOnePin, expectSurvived, refuseBad, resume } from '../../../support/refused-row-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

/** A task that has failed at a row; `many`: after some transactions of its window. */
async function refused(many: boolean): Promise<MemoryWorld> {
  const world = new MemoryWorld({ transactionRows: many ? 3 : 1_000 });
  for (const table of SOURCE_TABLES) world.source.create(memorySchema(table, { hasUniqueKeys: true }));
  world.source.put(A, '1', 'x');
  await world.createTask();
  await world.run();
  refuseBad(world);
  for (const id of ['2', '3', '4', '5']) world.source.put(A, id, 'good');
  for (const id of ['1', '2', '3', '4']) world.source.put(B, id, id === '3' ? 'bad' : 'good');
  expect((await world.run()).outcome).toBe('failed');
  expect((await world.task()).error?.message).toBe('Data too long. It refused the row id=3.');
  return world;
}

describe.each([
  ['nothing', false],
  ['something', true],
])('a row that the sink refuses, when %s of its window is there', (_, many) => {
  it('is in nobody’s way once it is mended at the source', async () => {
    const world = await refused(many);
    world.source.delete(B, '3');
    await resume(world);
    expectEqual(world);
    const { error } = await world.task();
    expect(error).toBeUndefined();
    await expectOnePin(world);
  });

  it('stops the task again as long as it is there, also another one', async () => {
    const world = await refused(many);
    await resume(world);
    expect((await world.task()).error?.code).toBe('SINK_ROW_REJECTED');
    world.source.put(B, '3', 'good by now');
    world.source.put(A, '9', 'bad');
    await resume(world);
    expect((await world.task()).error?.code).toBe('SINK_ROW_REJECTED');
    world.source.put(A, '9', 'good by now');
    await resume(world);
    expectEqual(world);
  });

  it('loses nothing wherever a worker dies', async () => {
    const mended = async (): Promise<MemoryWorld> => {
      const world = await refused(many);
      world.source.put(B, '3', 'good by now');
      world.source.delete(A, '4');
      return world;
    };
    await expectSurvived(mended, (world) => {
      world.source.put(B, '1', 'meanwhile');
    });
  }, 60_000);
});
