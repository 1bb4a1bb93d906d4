import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DynamoDbTaskStore } from '../../lib/dynamodb/dynamodb-task-store.ts';
import { DynamoDbWorkerStore } from '../../lib/dynamodb/dynamodb-worker-store.ts';
import { ITEM_VERSION } from '../../lib/dynamodb/items/item-version.ts';
import { type TaskTable } from '../../lib/dynamodb/task-table.ts';
import { newProgress } from '../../lib/record/progress.ts';
import type { LeaseKey } from '../../lib/store/task-store.ts';
import { type MiniStack, startMiniStack } from '../../localstack/ministack.ts';
import { lease, midway, take } from '../contracts/store-steps.ts';
import { createLocalTable } from '../support/local-table.ts';
import { taskRecord, taskSpec } from '../support/task-records.ts';
import { taskKey } from '../../lib/dynamodb/items/task-key.ts';
import { listed } from '../support/listed.ts';

let server: MiniStack;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dynamodb-upgrade-'));
  server = await startMiniStack({ dir });
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true });
});

async function older(commit: string): Promise<TaskTable> {
  const table = await createLocalTable(server.endpoint);
  const text = await readFile(new URL(`../support/stored/task-${commit}.json`, import.meta.url), 'utf8');
  await table.documents.send(new PutCommand({ TableName: table.name, Item: JSON.parse(text) as object }));
  return table;
}

const itemsOf = async (table: TaskTable): Promise<Record<string, unknown>[]> =>
  (
    await table.documents.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': taskKey('orders').pk },
      }),
    )
  ).Items ?? [];

it.each(['d4fbca9', '7c5b338', 'a151802'])('a task that %s stored goes on, and takes every command', async (commit) => {
  const table = await older(commit);
  const stores = { tasks: new DynamoDbTaskStore(table), workers: new DynamoDbWorkerStore(table) };
  const seen = (await stores.tasks.get('orders')) ?? expect.fail();
  expect((await listed(stores.tasks.list())).map(({ spec }) => spec.name)).toEqual(['orders']);
  // A worker of the older version may still run it: what that worker writes must not be lost.
  const { spec } = seen;
  await expect(stores.tasks.edit(seen, { ...spec, tables: [] })).rejects.toMatchObject({ code: 'TASK_EDIT_UNDER_WAY' });
  expect(await stores.tasks.setDesired('orders', 'running')).toMatchObject({ progress: seen.progress });
  const { key, record } = await take(stores, 'orders', 100);
  expect(record).toMatchObject({ progress: seen.progress, epoch: 6, edits: 0, spec });
  expect((await itemsOf(table)).find(({ sk }) => sk === 'META')).not.toHaveProperty('spec');
  const progress = { ...record.progress, pending: undefined, window: 8 };
  await stores.workers.saveProgress(key, progress, 200);
  const present = (await stores.tasks.get('orders')) ?? expect.fail();
  expect(present.progress).toEqual(progress);
  expect(await stores.tasks.edit(present, { ...spec, tables: [] })).toMatchObject({ edits: 1, selection: 1 });
  expect(await stores.tasks.restart('orders')).toMatchObject({ generation: 3 });
  expect(await stores.tasks.check('orders', 'verify', undefined)).toMatchObject({ check: { number: 1 } });
  await stores.workers.remove(key);
  expect(await itemsOf(table)).toEqual([]);
});

it('a task of a newer version is left as it is, with an error that says so', async () => {
  const table = await createLocalTable(server.endpoint);
  const stores = { tasks: new DynamoDbTaskStore(table), workers: new DynamoDbWorkerStore(table) };
  const record = taskRecord('orders');
  await stores.tasks.create(record);
  const { key } = await take(stores, 'orders', 100);
  await table.documents.send(
    new UpdateCommand({
      TableName: table.name,
      Key: taskKey('orders'),
      UpdateExpression: 'SET version = :version',
      ExpressionAttributeValues: { ':version': ITEM_VERSION + 1 },
    }),
  );
  const before = await itemsOf(table);
  const refused = { code: 'STORE_NEWER', retry: false };
  const calls = [
    stores.tasks.get('orders'),
    listed(stores.tasks.list()),
    stores.tasks.setDesired('orders', 'paused'),
    stores.tasks.restart('orders'),
    stores.tasks.drop('orders', true),
    stores.tasks.edit(record, taskSpec('orders', { exclude: ['x'] })),
    stores.workers.acquire('orders', lease('worker', 900), 900),
    stores.workers.renew(key, 1_000),
    stores.workers.saveProgress(key, midway, 1_000),
    stores.workers.release(key),
  ];
  for (const outcome of await Promise.allSettled(calls))
    expect(outcome).toMatchObject({ status: 'rejected', reason: refused });
  expect(await itemsOf(table)).toEqual(before);
});

it('progress that differs in nothing but the checkpoint is one small write, whatever the number of tables', async () => {
  const table = await createLocalTable(server.endpoint);
  const stores = { tasks: new DynamoDbTaskStore(table), workers: new DynamoDbWorkerStore(table) };
  const names = Array.from({ length: 1_000 }, (_, number) => ({ database: 'production_db', table: `table_${number}` }));
  const spec = taskSpec('orders', { tables: names.map((name) => ({ source: name, sink: name })) });
  await stores.tasks.create(taskRecord('orders', { spec }));
  const { key } = await take(stores, 'orders', 100);
  const tables = Object.fromEntries(
    names.map((name) => [`${name.database}.${name.table}`, { chunks: 9, chunksDone: 9, rows: 99 }]),
  );
  await stores.workers.saveProgress(key, { ...newProgress(0, 1), ...midway, tables }, 200);
  const sent = watchWrites(table);
  for (const window of [8, 9]) await stores.workers.saveProgress(key, { ...midway, tables, window }, 200);
  expect(sent).toEqual(['UpdateItem', 'UpdateItem']);
  const meta = (await itemsOf(table)).find(({ sk }) => sk === 'META') ?? {};
  // A write unit is 1 KB.
  expect(JSON.stringify(marshall(meta)).length).toBeLessThan(2 * 1_024);
  const one = { ...tables, 'production_db.table_5': { chunks: 10, chunksDone: 9, rows: 99 } };
  await stores.workers.saveProgress(key, { ...midway, tables: one, window: 9 }, 200);
  expect(sent.slice(2)).toEqual(['TransactWriteItems 4']);
  expect((await stores.tasks.get('orders'))?.progress).toEqual({ ...midway, tables: one, window: 9 });
  await expectCurrent(stores.workers, key, one);
});

async function expectCurrent(workers: DynamoDbWorkerStore, key: LeaseKey, tables: object): Promise<void> {
  expect((await workers.watch(key)).progress.tables).toEqual(tables);
}

/** The names of the writes that are sent from now on, and of how many items each transaction is. */
function watchWrites({ documents }: TaskTable): string[] {
  const sent: string[] = [];
  documents.middlewareStack.add(
    (next, context) => async (args) => {
      const name = (context.commandName ?? '').replace(/Command$/u, '');
      const items = (args.input as { readonly TransactItems?: readonly unknown[] }).TransactItems;
      if (/Item/u.test(name) && !name.startsWith('Get'))
        sent.push(items === undefined ? name : `${name} ${items.length}`);
      return await next(args);
    },
    { step: 'initialize' },
  );
  return sent;
}
