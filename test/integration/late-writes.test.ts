import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoDbTaskStore } from '../../lib/dynamodb/dynamodb-task-store.ts';
import { DynamoDbWorkerStore } from '../../lib/dynamodb/dynamodb-worker-store.ts';
import { type TaskTable } from '../../lib/dynamodb/task-table.ts';
import type { TaskRecord } from '../../lib/record/task-record.ts';
import type { LeaseKey } from '../../lib/store/task-store.ts';
import { type MiniStack, startMiniStack } from '../../localstack/ministack.ts';
import { failure, lease, midway } from '../contracts/store-steps.ts';
import { createLocalTable, localTable } from '../support/local-table.ts';
import { taskRecord } from '../support/task-records.ts';
import { delayNextWrite, loseNextAnswer } from '../support/unreliable-requests.ts';
import { taskKey } from '../../lib/dynamodb/items/task-key.ts';

let server: MiniStack;
let dir: string;
/** The client whose requests are lost or late, and one of somebody else's. */
let table: TaskTable;
let other: DynamoDbTaskStore;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'late-writes-'));
  server = await startMiniStack({ dir });
});
beforeEach(async () => {
  table = await createLocalTable(server.endpoint);
  other = new DynamoDbTaskStore(localTable(server.endpoint, table.name));
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true });
});

const stored = async (): Promise<TaskRecord> => (await other.get('orders')) ?? expect.fail('The task is gone.');

describe('a write of a worker', () => {
  let workers: DynamoDbWorkerStore;
  let key: LeaseKey;
  const [older, newer] = [midway, { ...midway, pending: undefined, window: 8 }];

  beforeEach(async () => {
    await other.create(taskRecord('orders'));
    workers = new DynamoDbWorkerStore(table);
    const acquired = await workers.acquire('orders', lease('worker', 1), 1);
    key = acquired.outcome === 'acquired' ? acquired.key : expect.fail();
  });

  it('gives the lease to the worker that has it, once, though its first answer is lost', async () => {
    await other.create(taskRecord('others'));
    const lost = loseNextAnswer(table);
    const acquired = await workers.acquire('others', lease('worker', 1), 1);
    expect(lost()).toBe(true);
    expect(acquired).toMatchObject({ outcome: 'acquired', key: { epoch: 1 }, record: { lease: lease('worker', 1) } });
    const again = await workers.acquire('others', lease('worker', 1), 1);
    expect(again).toMatchObject({ outcome: 'held', record: { epoch: 1 } });
  });

  it('saves the progress, though its first answer is lost', async () => {
    loseNextAnswer(table);
    await workers.saveProgress(key, midway, 99);
    expect(await workers.watch(key)).toMatchObject({ progress: midway, lease: { until: 99 } });
  });

  it('has saved the progress of a selection, though the task was edited before the repeat', async () => {
    loseNextAnswer(table, async () => {
      const seen = await stored();
      await other.edit(seen, { ...seen.spec, tables: [] });
    });
    await workers.saveProgress(key, { ...newer, selection: 0 }, 99, 0);
    expect(await stored()).toMatchObject({ progress: newer, edits: 1 });
  });

  it('does not take newer progress back when it arrives late', async () => {
    const arrive = delayNextWrite(table);
    await workers.saveProgress(key, older, 99);
    await workers.saveProgress(key, newer, 199);
    await arrive();
    expect(await stored()).toMatchObject({ progress: newer, lease: { until: 199 } });
    await workers.saveProgress(key, { ...newer, window: 9 }, 299);
    expect(await stored()).toMatchObject({ progress: { window: 9 }, lease: { until: 299 } });
  });

  it('does not shorten a lease that was prolonged since', async () => {
    const arrive = delayNextWrite(table);
    await workers.saveProgress(key, midway, 99);
    await workers.renew(key, 199);
    await arrive();
    expect(await stored()).toMatchObject({ lease: { until: 199 } });
  });

  it.each(['renewal', 'progress'] as const)('renews nothing when a %s has come first', async (what) => {
    const arrive = delayNextWrite(table);
    await workers.renew(key, 99, { rows: 1, at: 50 });
    if (what === 'renewal') await workers.renew(key, 199, { rows: 2, at: 150 });
    else await workers.saveProgress(key, midway, 199);
    const before = await stored();
    await arrive();
    expect(await stored()).toStrictEqual(before);
  });

  it('brings no error back that is over', async () => {
    const arrive = delayNextWrite(table);
    await workers.saveError(key, failure);
    await workers.saveError(key, undefined);
    await arrive();
    expect(await stored()).toMatchObject({ error: undefined });
    const again = delayNextWrite(table);
    await workers.saveError(key, failure);
    await other.setDesired('orders', 'running');
    await again();
    expect(await stored()).toMatchObject({ error: undefined });
  });

  it('comes to nothing once the lease was given back', async () => {
    const progress = delayNextWrite(table);
    await workers.saveProgress(key, older, 99);
    const error = delayNextWrite(table);
    await workers.saveError(key, failure);
    await workers.saveError(key, undefined);
    await workers.saveProgress(key, newer, 199);
    await workers.release(key);
    await progress();
    await error();
    expect(await stored()).toMatchObject({ progress: newer, error: undefined, lease: undefined });
  });

  it('that was given up does not arrive after the worker has looked what became of it', async () => {
    const arrive = delayNextWrite(table, await table.documents.config.maxAttempts());
    await expect(workers.saveProgress(key, midway, 99)).rejects.toMatchObject({ code: 'STORE_ERROR' });
    const seen = await workers.watch(key);
    await arrive();
    expect(await stored()).toStrictEqual(seen);
    await workers.saveProgress(key, newer, 199);
    expect(await workers.watch(key)).toMatchObject({ progress: newer, lease: { until: 199 } });
  });

  it('that was given up and yet carried out is what the worker finds', async () => {
    const arrive = delayNextWrite(table, await table.documents.config.maxAttempts());
    await expect(workers.saveProgress(key, midway, 99)).rejects.toMatchObject({ code: 'STORE_ERROR' });
    await arrive();
    expect(await workers.watch(key)).toMatchObject({ progress: midway });
  });

  it('is ordered from the first on where an older version of the product has taken the lease', async () => {
    await table.documents.send(
      new UpdateCommand({
        TableName: table.name,
        Key: taskKey('orders'),
        UpdateExpression: 'SET #lease = :lease',
        ExpressionAttributeNames: { '#lease': 'lease' },
        ExpressionAttributeValues: { ':lease': { ...lease('worker', 1), token: 'its own' } },
      }),
    );
    const arrive = delayNextWrite(table);
    await workers.saveProgress(key, older, 99);
    await workers.saveProgress(key, newer, 199);
    await arrive();
    expect(await stored()).toMatchObject({ progress: newer });
  });

  it('of a worker that was overtaken loses it the lease, also as a repeat', async () => {
    const arrive = delayNextWrite(table);
    await workers.saveProgress(key, older, 40);
    const successor = new DynamoDbWorkerStore(localTable(server.endpoint, table.name));
    const acquired = await successor.acquire('orders', lease('successor', 50), 50);
    if (acquired.outcome !== 'acquired') expect.fail();
    await arrive();
    await expect(workers.saveProgress(key, newer, 99)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await successor.saveProgress(acquired.key, newer, 199);
    expect(await stored()).toMatchObject({ progress: newer, epoch: 2 });
  });
});
