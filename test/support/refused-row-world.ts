import { expect } from 'vitest';
import { CdcError } from '../../lib/errors.ts';
import { killer, LEASE_RUNS_OUT } from './killer.ts';
import { type MemoryWorld, SOURCE_TABLES } from './memory-world.ts';

/** Makes the sink refuse every row whose value is `bad`. */
export function refuseBad(world: MemoryWorld): void {
  world.sink.refuses = (_, row) =>
    row[1]?.toString() === 'bad' ? new CdcError('SINK_ROW_REJECTED', 'Data too long.') : undefined;
}

export async function resume(world: MemoryWorld): Promise<void> {
  await world.store.setDesired('t', 'running');
  await world.run();
}

export function expectEqual(world: MemoryWorld, why = ''): void {
  for (const table of SOURCE_TABLES) expect(world.sinkRows(table), why).toEqual(world.sourceRows(table));
}

export async function expectOnePin(world: MemoryWorld, why = ''): Promise<void> {
  const { progress } = await world.task();
  expect([...world.source.snapshots.keys()], why).toEqual([progress.checkpoint?.name]);
}

/**
 * Kills the worker of a resumed task at every call, one call a run. `write` changes the source before the next worker
 * begins.
 */
export async function expectSurvived(
  mended: () => Promise<MemoryWorld>,
  write: (world: MemoryWorld) => void,
): Promise<void> {
  for (let at = 1; ; at += 1) {
    const world = await mended();
    await world.store.setDesired('t', 'running');
    const { gate, killed } = killer(at);
    await world.run(gate).catch(() => undefined);
    write(world);
    world.clock.jump(LEASE_RUNS_OUT);
    await world.run();
    await world.run();
    const why = `killed ${killed()} (${at})`;
    expectEqual(world, why);
    await expectOnePin(world, why);
    if (killed() === undefined) break;
  }
}
