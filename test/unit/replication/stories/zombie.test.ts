import { describe, expect, it } from 'vitest';
import type { Gate } from '../../../support/gate.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const LEASE_RUNS_OUT = 31_000;

/** Stops the process at the given call, for as long as the test wants. */
function freezer(at: number): { gate: Gate; frozen: Promise<string>; thaw: () => void; calls: () => number } {
  let calls = 0;
  const held = Promise.withResolvers<undefined>();
  const reached = Promise.withResolvers<string>();
  const gate: Gate = async (call) => {
    calls += 1;
    if (calls >= at) {
      reached.resolve(call);
      await held.promise;
    }
  };
  return {
    gate,
    frozen: reached.promise,
    thaw: () => {
      held.resolve(undefined);
    },
    calls: () => calls,
  };
}

async function startedWorld(): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  for (const id of ['1', '2', '3', '4']) world.source.put(A, id, 'new');
  world.source.put(B, '1', 'new');
  await world.createTask();
  return world;
}

async function intoWindows(world: MemoryWorld): Promise<void> {
  await world.run();
  for (const id of ['3', '5', '6', '7']) world.source.put(A, id, 'second');
  world.source.delete(A, '1');
}

/** A worker freezes at the given call, another takes over and goes on, then the first one wakes up. */
async function freezeAndWake(world: MemoryWorld, at: number): Promise<string | undefined> {
  const { gate, frozen, thaw } = freezer(at);
  const zombie = world.run(gate).catch((error: unknown) => String(error));
  const where = await Promise.race([frozen, zombie.then(() => undefined)]);
  if (where === undefined) return undefined;

  world.clock.jump(LEASE_RUNS_OUT);
  world.source.delete(A, '5');
  world.source.put(A, '1', 'back');
  expect((await world.run()).outcome).toBe('stopped');
  const rows = [world.sinkRows(A), world.sinkRows(B)];
  const pins = [...world.source.snapshots.keys()];
  const task = await world.task();

  thaw();
  await zombie;
  expect([world.sinkRows(A), world.sinkRows(B)], `frozen at ${where}`).toEqual(rows);
  expect([...world.source.snapshots.keys()], `frozen at ${where}`).toEqual(expect.arrayContaining(pins));
  expect((await world.task()).progress, `frozen at ${where}`).toEqual(task.progress);
  return where;
}

describe('a worker frozen past its lease', () => {
  it.each(['load', 'window'])(
    'changes nothing when it wakes up, wherever it froze in a %s',
    async (phase) => {
      const points = new Set<string>();
      for (let at = 1; ; at += 1) {
        const world = await startedWorld();
        if (phase === 'window') await intoWindows(world);
        const where = await freezeAndWake(world, at);
        if (where === undefined) break;
        points.add(where);
        await world.run();
        expect(world.sinkRows(A), `frozen at ${where}`).toEqual(world.sourceRows(A));
        expect([...world.source.snapshots.keys()]).toHaveLength(1);
      }
      expect(points).toContain(phase === 'load' ? 'sink.loadChunk' : 'sink.batch.commit');
      expect(points).toContain('source.pins');
    },
    60_000,
  );
});
