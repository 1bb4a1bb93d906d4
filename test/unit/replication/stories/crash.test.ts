import { describe, expect, it } from 'vitest';
import type { Gate } from '../../../support/gate.ts';
import { killer, LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const NEW = { database: 'shop', table: 'new' };

/** A load, a window in several transactions, a small one, and a resync; the source changes between the workers. */
async function story(killAt: number): Promise<{ world: MemoryWorld; passed: number; killed: string | undefined }> {
  const world = new MemoryWorld();
  const { gate, passed, killed } = killer(killAt);
  for (const id of ['1', '2', '3', '4', '5']) world.source.put(A, id, 'new');
  for (const id of ['1', '2', '3']) world.source.put(B, id, 'new');
  await world.createTask();
  await runUntilDone(world, gate);

  for (const id of ['2', '6', '7', '8', '9']) world.source.put(A, id, 'second');
  world.source.put(B, '4', null);
  world.source.delete(A, '1');
  await runUntilDone(world, gate, () => {
    // What a half-applied window may have inserted disappears before the next worker comes.
    for (const id of ['6', '8']) world.source.delete(A, id);
    world.source.put(A, '1', 'back');
    world.source.delete(B, '4');
  });

  world.source.put(B, '2', 'third');
  world.source.delete(A, '3');
  await runUntilDone(world, gate);

  // Made anew with other rows, while the other table changes; and once more behind the back of a half-done resync.
  world.source.extraRows = true;
  world.source.replace(B, { hasUniqueKeys: true });
  for (const id of ['2', '7', '8', '9']) world.source.put(B, id, 'anew');
  world.source.put(A, '4', 'beside');
  await runUntilDone(world, gate, () => {
    world.source.replace(B, {});
    for (const id of ['2', '5']) world.source.put(B, id, 'again');
  });
  return { world, passed: passed(), killed: killed() };
}

/** One worker; should it be killed, its lease runs out and one that nobody kills follows. */
async function runUntilDone(world: MemoryWorld, gate: Gate, meanwhile: () => void = () => undefined): Promise<void> {
  const report = await world.run(gate).catch(() => undefined);
  const task = await world.task();
  if (report?.outcome === 'stopped' && task.error === undefined && task.lease === undefined) return;
  meanwhile();
  world.clock.jump(LEASE_RUNS_OUT);
  expect((await world.run()).outcome).toBe('stopped');
}

/** A whole database: one table comes and changes, one goes, one comes back. */
async function databaseStory(killAt: number) {
  const databases = [{ source: 'shop', sink: 'copy' }];
  const world = new MemoryWorld({}, { level: 'database', tables: [], databases });
  const { gate, passed, killed } = killer(killAt);
  for (const id of ['1', '2', '3']) for (const table of [A, B]) world.source.put(table, id, 'new');
  await world.createTask();
  await runUntilDone(world, gate);

  world.source.create(memorySchema(NEW, { id: '7' }));
  for (const id of ['1', '2', '3', '4', '5']) world.source.put(NEW, id, 'new');
  for (const id of ['1', '4', '5', '6']) world.source.put(A, id, 'second');
  world.source.drop(B);
  await runUntilDone(world, gate, () => {
    world.source.delete(NEW, '2');
    world.source.put(NEW, '3', 'later');
    for (const id of ['5', '6']) world.source.delete(A, id);
  });

  world.source.create(memorySchema(B, { id: '8' }));
  world.source.put(B, '2', 'back');
  world.source.put(NEW, '6', 'third');
  await runUntilDone(world, gate);
  return { world, passed: passed(), killed: killed() };
}

/** A table without a key beside one with a unique key: small windows and large ones, emptied, and made anew. */
async function keylessStory(killAt: number) {
  const world = new MemoryWorld({ withoutKey: 'replace' });
  world.source.replace(A, { key: [] });
  world.source.extraRows = true;
  world.source.replace(B, { hasUniqueKeys: true });
  const { gate, passed, killed } = killer(killAt);
  const bag = (...places: string[]): void => {
    for (const place of places) world.source.putInto(A, place, 'same', 'new');
  };
  bag('1', '2', '3');
  world.source.put(B, '1', 'new');
  await world.createTask();
  await runUntilDone(world, gate);

  bag('4');
  await runUntilDone(world, gate, () => {
    bag('5', '6');
    world.source.delete(A, '1');
  });

  bag('7', '8');
  for (const id of ['2', '3', '4', '5']) world.source.put(B, id, 'second');
  await runUntilDone(world, gate, () => {
    world.source.delete(B, '3');
    world.source.delete(A, '7');
  });

  for (const place of world.source.tables.get('shop.a')?.keys() ?? []) world.source.delete(A, place);
  await runUntilDone(world, gate, () => {
    bag('9');
  });

  world.source.replace(A, { key: [] });
  bag('1', '2', '3', '4');
  world.source.put(B, '1', 'beside');
  await runUntilDone(world, gate, () => {
    bag('5');
  });
  return { world, passed: passed(), killed: killed() };
}

async function expectInStep(world: MemoryWorld, killed: string | undefined, tables = [A, B]): Promise<void> {
  const { progress, error } = await world.task();
  for (const table of tables) expect(world.sinkRows(table), killed).toEqual(world.sourceRows(table));
  expect([...world.source.snapshots.keys()], killed).toEqual([progress.checkpoint?.name]);
  expect(world.sink.chunks.size, killed).toBe(0);
  expect([...world.sink.fences.values()].map((fence) => fence.window)).toEqual([progress.window]);
  expect(progress.pending).toBeUndefined();
  expect(error).toBeUndefined();
}

/**
 * Plays a story with a death at its first call, at its second, and so on, until it has too few calls for that; returns
 * where it died. What runs side by side takes a call more or less from one time to the next: one quiet run is no end, and
 * where a point that is `wanted` was passed over, all is played again.
 */
async function dieEverywhere(
  wanted: readonly string[],
  play: (killAt: number) => Promise<string | undefined>,
): Promise<Set<string>> {
  const points = new Set<string>();
  for (let time = 0; time < MOST_TIMES && !wanted.every((point) => points.has(point)); time += 1) {
    for (let [at, quiet] = [1, 0]; quiet < QUIET_RUNS; at += 1) {
      const killed = await play(at);
      quiet = killed === undefined ? quiet + 1 : 0;
      if (killed !== undefined) points.add(killed);
    }
  }
  return points;
}

const QUIET_RUNS = 10;
const MOST_TIMES = 5;

describe('a worker killed at any call', () => {
  it('leaves the sink equal to the source once another worker has run', async () => {
    // The story passes through every step that writes: none of them may be missing from the points of death.
    const wanted = [
      'source.createPin',
      'sink.planLoad',
      'sink.loadChunk',
      'sink.batch.commit',
      'store.saveProgress',
      'source.dropPin',
      'sink.alterTable',
      'source.present',
    ].flatMap((call) => [`before ${call}`, `after ${call}`]);
    const points = await dieEverywhere(wanted, async (at) => {
      const { world, killed } = await story(at);
      await expectInStep(world, `killed ${killed} (${at})`);
      return killed;
    });
    expect([...points]).toEqual(expect.arrayContaining(wanted));
  }, 120_000);

  it('does so where a table without a key is replaced as a whole', async () => {
    const wanted = ['after sink.batch.add', 'after sink.batch.commit', 'after sink.alterTable'];
    const points = await dieEverywhere(wanted, async (at) => {
      const { world, killed } = await keylessStory(at);
      await expectInStep(world, `killed ${killed} (${at})`);
      return killed;
    });
    expect([...points]).toEqual(expect.arrayContaining(wanted));
  }, 120_000);

  it('does so while tables come and go', async () => {
    const wanted = ['after sink.forgetChunks', 'after source.tables'];
    const points = await dieEverywhere(wanted, async (at) => {
      const { world, killed } = await databaseStory(at);
      await expectInStep(world, `killed ${killed} (${at})`, [A, B, NEW]);
      const { tables, dropped } = (await world.task()).progress;
      expect(Object.keys(tables), killed).toEqual(['shop.a', 'shop.b', 'shop.new']);
      expect(dropped.count, killed).toBe(0);
      return killed;
    });
    expect([...points]).toEqual(expect.arrayContaining(wanted));
  }, 120_000);
});
