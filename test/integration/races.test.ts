import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoDbTaskStore } from '../../lib/dynamodb/dynamodb-task-store.ts';
import { DynamoDbWorkerStore } from '../../lib/dynamodb/dynamodb-worker-store.ts';
import type { TaskTable } from '../../lib/dynamodb/task-table.ts';
import { type MiniStack, startMiniStack } from '../../localstack/ministack.ts';
import { createLocalTable } from '../support/local-table.ts';
import { TestClock } from '../support/memory-world.ts';
import { NAME, RaceWorld, type Stores } from '../support/race-world.ts';
import { seededRandom } from '../support/random-writer.ts';
import { COMMANDS, serialOutcomes } from '../support/serial-outcomes.ts';

const RUNS = 8;
const CLIENTS = 3;
const EACH = 3;
const LEASE_RUNS_OUT = 31_000;

let server: MiniStack;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'races-'));
  server = await startMiniStack({ dir });
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true });
});

/** Both sides of the store as one. */
function bothStores(table: TaskTable): Stores {
  const [tasks, workers] = [new DynamoDbTaskStore(table), new DynamoDbWorkerStore(table)];
  return new Proxy({} as Stores, {
    get: (_, property) => {
      const owner = property in workers ? workers : tasks;
      const member: unknown = Reflect.get(owner, property);
      return typeof member === 'function' ? (member.bind(owner) as unknown) : member;
    },
  });
}

/** The schedule goes on until every worker has ended. */
async function settle(world: RaceWorld, clock: TestClock): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    clock.jump(LEASE_RUNS_OUT);
    await world.tick('tick');
    await expect.poll(() => world.working.size, { timeout: 20_000 }).toBe(0);
  }
}

describe('commands of several clients at the same time, on DynamoDB', () => {
  it.each(Array.from({ length: RUNS }, (_, run) => run))(
    'come out as if one had followed the other, and a dropped task leaves nothing behind (seed %d)',
    async (seed) => {
      const random = seededRandom(seed);
      const table = await createLocalTable(server.endpoint);
      const [store, clock] = [bothStores(table), new TestClock()];
      const world = new RaceWorld(store, clock, () => async () => {
        await sleep(random() * 4);
      });
      const clients = Array.from({ length: CLIENTS }, async (_, client) => {
        await world.command(`client ${client}`, client === 0 ? 'create' : 'show');
        for (let at = 0; at < EACH; at += 1) {
          const command = COMMANDS[Math.floor(random() * COMMANDS.length)] ?? 'show';
          await world.command(`client ${client}`, command);
          world.write();
        }
      });
      await Promise.all(clients);
      const outcomes = serialOutcomes(world.calls);
      expect(outcomes, `no order explains ${JSON.stringify(world.calls)}`).not.toEqual([]);
      await settle(world, clock);
      const task = await store.get(NAME);
      const states = outcomes.map((outcome) => (outcome?.desired === 'dropping' ? undefined : outcome?.desired));
      expect(states).toContain(task?.desired);
      expect(await world.leftovers()).toEqual({ pins: 0, fences: 0, chunks: 0, places: 0 });
      if (task !== undefined) {
        await store.setDesired(NAME, 'running');
        await settle(world, clock);
        expect(world.sinkRows()).toEqual(world.sourceRows());
        await store.drop(NAME);
        await settle(world, clock);
      }
      expect(await world.leftovers()).toEqual({ pins: 0, fences: 0, chunks: 0, places: 0 });
      const { Items } = await table.documents.send(new ScanCommand({ TableName: table.name }));
      expect(Items).toEqual([]);
    },
    60_000,
  );
});
