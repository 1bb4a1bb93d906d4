import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveWorld } from '../../support/live-world.ts';
import { RandomWriter, seededRandom, WORKLOAD_DEFINITIONS, WORKLOAD_TABLES } from '../../support/random-writer.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

const WRITERS = 4;
const LENGTH = Number(process.env['WINDOWS'] ?? 60);
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

async function write(world: LiveWorld, number: number, ended: () => boolean): Promise<number> {
  const client = new SqlClient(world.sourceUri);
  // MatrixOne finds some deadlocks between the writers only by waiting.
  await client.run(`use ${world.from}`, 'set lock_wait_timeout = 1');
  const writer = new RandomWriter(client, number, seededRandom(SEED + number));
  while (!ended()) await writer.step();
  client.close();
  return writer.writes;
}

/** Does the source look at the checkpoint as it does now? Asked when nobody writes; says nothing of the sink. */
async function isUpToDate(world: LiveWorld): Promise<boolean> {
  const checkpoint = (await world.progress()).checkpoint?.name;
  for (const table of WORKLOAD_TABLES) {
    const [then, now] = [await world.sides(table, checkpoint), await world.sides(table)];
    if (!isDeepStrictEqual(then.source, now.source)) return false;
  }
  return true;
}

/** Each reader with a sink of either kind. */
const WORLDS = [
  ['matrixone', 'auto'],
  ['mysql', 'auto'],
  ['matrixone', 'compare'],
  ['mysql', 'compare'],
] as const;

describe.each(WORLDS)(`a random workload (seed ${SEED}) into a %s sink, read by %s,`, (sinkType, changeReader) => {
  // What reads every state in full takes longer, on a server that keeps its states in tables.
  const WINDOWS = changeReader === 'auto' ? LENGTH : Math.ceil(LENGTH / 4);

  it('is the source at the checkpoint in every window, and the source in the end', async () => {
    const world = new LiveWorld(servers, sinkType);
    // A limit of 20 rows makes some windows span several transactions.
    await world.open(WORKLOAD_TABLES, WORKLOAD_DEFINITIONS, {
      transactionRows: 20,
      chunkRows: 10,
      changeReader,
      withoutKey: 'replace',
    });
    let compared = 0;
    let windows = 0;
    // Kept for later: the engine would take a failed expectation for an error of the store, and try again.
    const differing: object[] = [];
    world.onWindow = async (checkpoint, window) => {
      for (const table of WORKLOAD_TABLES) {
        const { source, sink } = await world.sides(table, checkpoint.name);
        if (!isDeepStrictEqual(sink, source)) differing.push({ table, window, sink, source });
      }
      compared += 1;
      windows = window;
    };
    const writing = Array.from({ length: WRITERS }, (_, index) =>
      write(world, index, () => windows >= WINDOWS || stopped),
    );
    let stopped = false;
    const worker = world.run().finally(() => {
      stopped = true;
    });
    const writes = (await Promise.all(writing)).reduce((sum, count) => sum + count, 0);

    // The window under way when the writers ended may end before their last transactions: one that has them is to follow.
    await expect.poll(() => isUpToDate(world), { timeout: 60_000, interval: 200 }).toBe(true);
    await world.store.setDesired('t', 'paused');
    expect((await worker).outcome).toBe('stopped');
    expect(differing).toEqual([]);
    for (const table of WORKLOAD_TABLES) {
      const { source, sink } = await world.sides(table);
      expect(sink).toEqual(source);
    }
    expect(world.logged.filter((line) => line.startsWith('task.error'))).toEqual([]);
    expect(windows).toBeGreaterThanOrEqual(WINDOWS);
    expect(compared).toBeGreaterThan(WINDOWS);
    expect(writes).toBeGreaterThan(WINDOWS);
    await world.close();
  }, 300_000);
});
