import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoDbTaskStore } from '../../lib/dynamodb/dynamodb-task-store.ts';
import { DynamoDbWorkerStore } from '../../lib/dynamodb/dynamodb-worker-store.ts';
import { toItem } from '../../lib/dynamodb/items/task-item.ts';
import { briefKey } from '../../lib/dynamodb/items/task-parts.ts';
import type { CdcError } from '../../lib/errors.ts';
import { type MiniStack, startMiniStack } from '../../localstack/ministack.ts';
import { storeContract } from '../contracts/store-contract.ts';
import { lease, take } from '../contracts/store-steps.ts';
import { createLocalTable, localTable } from '../support/local-table.ts';
import { taskRecord, taskSpec } from '../support/task-records.ts';
import { partKey } from '../../lib/dynamodb/items/task-key.ts';
import { listed } from '../support/listed.ts';

let server: MiniStack;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dynamodb-store-'));
  server = await startMiniStack({ dir });
});

afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true });
});

storeContract('in DynamoDB', async () => {
  const table = await createLocalTable(server.endpoint);
  return { tasks: new DynamoDbTaskStore(table), workers: new DynamoDbWorkerStore(table) };
});

describe('an item that is not a whole task', () => {
  const breakItem = async () => {
    const table = await createLocalTable(server.endpoint);
    const tasks = new DynamoDbTaskStore(table);
    await tasks.create(taskRecord('broken'));
    await tasks.create(taskRecord('whole'));
    for (const [sk, change] of [
      ['META', { UpdateExpression: 'SET epoch = :text', ExpressionAttributeValues: { ':text': 'secret' } }],
      ['SPEC', { UpdateExpression: 'REMOVE spec.sinkUri' }],
    ] as const) {
      await table.documents.send(new UpdateCommand({ TableName: table.name, Key: partKey('broken', sk), ...change }));
    }
    return { table, tasks };
  };

  it('is an error that names the attributes and none of their values', async () => {
    const { table, tasks } = await breakItem();
    const expected = 'The item TASK#broken cannot be read; broken: spec.sinkUri, epoch.';
    await expect(tasks.get('broken')).rejects.toMatchObject({ code: 'STORE_ERROR', message: expected });
    await expect(listed(tasks.list())).rejects.toMatchObject({ code: 'STORE_ERROR', message: expected });
    await expect(tasks.setDesired('broken', 'paused')).rejects.toMatchObject({ code: 'STORE_ERROR' });
    const acquired = new DynamoDbWorkerStore(table).acquire('broken', lease('worker', 1), 1);
    await expect(acquired).rejects.toMatchObject({ code: 'STORE_ERROR' });
  });

  it('does not keep a listener from the other tasks', async () => {
    const { table } = await breakItem();
    const heard: CdcError[] = [];
    const tasks = new DynamoDbTaskStore(table, (error) => heard.push(error));
    expect((await listed(tasks.list())).map(({ spec }) => spec.name)).toStrictEqual(['whole']);
    expect(heard.map(({ code }) => code)).toStrictEqual(['STORE_ERROR']);
  });
});

it('leaves items of other kinds out of the list', async () => {
  const table = await createLocalTable(server.endpoint);
  const { kind, ...other } = toItem(taskRecord('orders'));
  expect(kind).toBe('TASK');
  await table.documents.send(new PutCommand({ TableName: table.name, Item: { ...other, sk: 'TABLE#a' } }));
  expect(await listed(new DynamoDbTaskStore(table).list())).toStrictEqual([]);
});

it('has BRIEF written by a worker that finds it missing or old', async () => {
  const table = await createLocalTable(server.endpoint);
  const [tasks, workers] = [new DynamoDbTaskStore(table), new DynamoDbWorkerStore(table)];
  const seen = taskRecord('orders');
  await tasks.create(seen);
  const Key = briefKey('orders');
  const stored = async () => (await table.documents.send(new GetCommand({ TableName: table.name, Key }))).Item;
  const first = (await stored()) ?? expect.fail();
  // As a version that knows no BRIEF would leave the task.
  await table.documents.send(new DeleteCommand({ TableName: table.name, Key }));
  const { key } = await take({ tasks, workers }, 'orders', 100);
  expect(await stored()).toEqual(first);
  await tasks.edit(seen, { ...seen.spec, options: { ...seen.spec.options, mode: 'adaptive' } });
  expect(await stored()).toEqual(first);
  await workers.watch(key);
  expect(await stored()).toMatchObject({ edits: 1, spec: { options: { mode: 'adaptive' } } });
});

it('refuses a task too large for an item', async () => {
  const tasks = new DynamoDbTaskStore(await createLocalTable(server.endpoint));
  const [mapping] = taskSpec('large').tables;
  const tables = Array.from({ length: 4_000 }, () => mapping ?? expect.fail());
  const record = taskRecord('large', { spec: taskSpec('large', { tables }) });
  await expect(tasks.create(record)).rejects.toMatchObject({ code: 'TASK_REJECTED' });
});

describe('a table that cannot be reached', () => {
  it.each([
    ['STORE_MISSING', 'because it does not exist', () => localTable(server.endpoint, 'nothing')],
    ['STORE_ERROR', 'because nobody listens', () => localTable('http://127.0.0.1:9', 'nothing')],
  ])('is a %s, %s', async (code, _reason, table) => {
    const tasks = new DynamoDbTaskStore(table());
    const workers = new DynamoDbWorkerStore(table());
    const key = { name: 'orders', id: 'a', epoch: 1 };
    const calls = [
      tasks.create(taskRecord('orders')),
      tasks.get('orders'),
      listed(tasks.list()),
      tasks.restart('orders'),
      workers.acquire('orders', lease('worker', 1), 1),
      workers.watch(key),
      workers.remove(key),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code, retry: true } });
    }
  });
});
