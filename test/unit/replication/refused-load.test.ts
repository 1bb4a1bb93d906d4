import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../lib/errors.ts';
import type { TaskOptions } from '../../../lib/task/task.ts';
import { killer, LEASE_RUNS_OUT } from '../../support/killer.ts';
import { memorySchema } from '../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

/** A task that has failed at a row in the midst of its first copy. */
async function refused(options: Partial<TaskOptions> = {}): Promise<MemoryWorld> {
  const world = new MemoryWorld({ chunkRows: 2, loadWorkers: 1, ...options });
  for (const table of SOURCE_TABLES) world.source.create(memorySchema(table, { hasUniqueKeys: true }));
  for (const id of ['1', '2', '3', '4', '5', '6', '7', '8']) {
    world.source.put(A, id, 'good');
    world.source.put(B, id, id === '7' ? 'bad' : 'good');
  }
  world.sink.refuses = (_, row) =>
    row[1]?.toString() === 'bad' ? new CdcError('SINK_ROW_REJECTED', 'Data too long.') : undefined;
  await world.createTask();
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

describe.each(['refuse', 'replace'] as const)('a row of the first copy that the sink refuses (%s)', (existingRows) => {
  it('is in nobody’s way once it is mended at the source', async () => {
    const world = await refused({ existingRows });
    world.source.delete(B, '7');
    world.source.put(A, '1', 'changed meanwhile');
    world.source.delete(A, '2');
    await resume(world);
    expectEqual(world);
    const { error, progress } = await world.task();
    expect(error).toBeUndefined();
    expect([...world.source.snapshots.keys()]).toEqual([progress.checkpoint?.name]);
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
    for (let at = 1; ; at += 1) {
      const world = await refused({ existingRows });
      world.source.put(B, '7', 'good by now');
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
