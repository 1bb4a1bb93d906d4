import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../lib/errors.ts';
import { killer, LEASE_RUNS_OUT } from '../../support/killer.ts';
import { memorySchema } from '../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

/** A task that has failed at a row; `many`: after some transactions of its window. */
async function refused(many: boolean): Promise<MemoryWorld> {
  const world = new MemoryWorld({ transactionRows: many ? 3 : 1_000 });
  for (const table of SOURCE_TABLES) world.source.create(memorySchema(table, { hasUniqueKeys: true }));
  world.source.put(A, '1', 'x');
  await world.createTask();
  await world.run();
  world.sink.refuses = (_, row) =>
    row[1]?.toString() === 'bad' ? new CdcError('SINK_ROW_REJECTED', 'Data too long.') : undefined;
  for (const id of ['2', '3', '4', '5']) world.source.put(A, id, 'good');
  for (const id of ['1', '2', '3', '4']) world.source.put(B, id, id === '3' ? 'bad' : 'good');
  expect((await world.run()).outcome).toBe('failed');
  return world;
}

async function resume(world: MemoryWorld): Promise<void> {
  await world.store.setDesired('t', 'running');
  await world.run();
}

function expectEqual(world: MemoryWorld, why = ''): void {
  for (const table of SOURCE_TABLES) expect(world.sinkRows(table), why).toEqual(world.sourceRows(table));
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
    const { error, progress } = await world.task();
    expect(error).toBeUndefined();
    expect([...world.source.snapshots.keys()]).toEqual([progress.checkpoint?.name]);
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
    for (let at = 1; ; at += 1) {
      const world = await refused(many);
      world.source.put(B, '3', 'good by now');
      world.source.delete(A, '4');
      await world.store.setDesired('t', 'running');
      const { gate, killed } = killer(at);
      await world.run(gate).catch(() => undefined);
      world.source.put(B, '1', 'meanwhile');
      world.clock.jump(LEASE_RUNS_OUT);
      await world.run();
      await world.run();
      const why = `killed ${killed()} (${at})`;
      expectEqual(world, why);
      const { progress } = await world.task();
      expect([...world.source.snapshots.keys()], why).toEqual([progress.checkpoint?.name]);
      if (killed() === undefined) break;
    }
  }, 60_000);
});
