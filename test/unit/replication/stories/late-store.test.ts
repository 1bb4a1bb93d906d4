import { describe, expect, it } from 'vitest';
import type { TaskRecord } from '../../../../lib/record/task-record.ts';
import type { Gate } from '../../../support/gate.ts';
import { LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { MemoryStore } from '../../../support/memory-store.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

async function begun(): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  world.source.put(A, '1', 'first');
  await world.createTask();
  await world.run();
  return world;
}

/** The sink gets a window, and the store does not: the worker dies in between. */
async function diesAfterCommit(world: MemoryWorld): Promise<void> {
  let committed = false;
  const death: Gate = async (call, when) => {
    await Promise.resolve();
    if (committed && call.startsWith('store.')) throw new Error('The process is dead.');
    committed ||= call === 'sink.batch.commit' && when === 'after';
  };
  await world.run(death).catch(() => undefined);
  expect(committed).toBe(true);
  world.clock.jump(LEASE_RUNS_OUT);
}

/** Somebody puts an older state of the task in place of the present one. */
async function restored(world: MemoryWorld, old: TaskRecord): Promise<void> {
  const { epoch } = await world.task();
  Object.assign(world, { store: new MemoryStore(world.clock) });
  await world.store.create({ ...old, epoch, lease: undefined });
}

describe('a window that the sink has and the store has not', () => {
  it('is not applied again: the next worker goes on from where the fence says that the sink stands', async () => {
    const world = await begun();
    for (const [id, windows] of [
      ['2', 1],
      ['3', 2],
      ['4', 3],
    ] as const) {
      world.source.put(A, id, 'more');
      await diesAfterCommit(world);
      expect((await world.task()).progress.window).toBeLessThan(windows);
    }
    world.source.put(B, '1', 'last');
    await world.run();
    const { progress, error } = await world.task();
    expect(error).toBeUndefined();
    expect(progress.window).toBe(4);
    expect([...world.source.snapshots.keys()]).toEqual([progress.checkpoint?.name]);
    for (const table of [A, B]) expect(world.sinkRows(table)).toEqual(world.sourceRows(table));
  });

  it('counts for a restart, too', async () => {
    const world = await begun();
    world.source.put(A, '2', 'more');
    await diesAfterCommit(world);
    await world.store.restart('t');
    await world.run();
    const { progress, error } = await world.task();
    expect(error).toBeUndefined();
    expect(progress).toMatchObject({ generation: 2, phase: 'window', window: 1 });
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
  });

  it('is not taken for one if the store was restored to an older state', async () => {
    const world = await begun();
    const old = await world.task();
    world.source.put(A, '2', 'more');
    await world.run();
    world.source.put(A, '3', 'more');
    await diesAfterCommit(world);
    await restored(world, old);
    await world.run();
    expect((await world.task()).error?.code).toBe('FENCE_MISMATCH');
  });

  it('is stored when the task is paused', async () => {
    const world = await begun();
    world.source.put(A, '2', 'more');
    await world.run(async (call, when) => {
      if (call === 'sink.batch.commit' && when === 'after') await world.store.setDesired('t', 'paused');
    });
    expect((await world.task()).progress.window).toBe(1);
  });
});
