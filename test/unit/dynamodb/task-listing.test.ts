import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { DynamoDbTaskStore } from '../../../lib/dynamodb/dynamodb-task-store.ts';
import { toItem } from '../../../lib/dynamodb/items/task-item.ts';
import { partItems, splitItem } from '../../../lib/dynamodb/items/task-parts.ts';
import { taskRecord } from '../../support/task-records.ts';
import { listed } from '../../support/listed.ts';

/** A table of `count` tasks whose index answers in pages. `refuses`: true for a partition key that it throttles. */
function table(count: number, refuses: (pk: string) => boolean = () => false) {
  const names = Array.from({ length: count }, (_, number) => `t${1000 + number}`);
  const items = new Map<string, readonly object[]>(
    names.map((name) => {
      const { meta, parts } = splitItem(toItem(taskRecord(name)), 'new');
      return [`TASK#${name}`, [meta, ...partItems(name, parts)]] as const;
    }),
  );
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'none' }));
  let [asked, most] = [0, 0];
  const send = async (command: unknown): Promise<unknown> => {
    if (!(command instanceof QueryCommand)) throw new Error('Not expected');
    const { IndexName, ExpressionAttributeValues: values = {}, ExclusiveStartKey: from, Limit = 0 } = command.input;
    if (IndexName === undefined) {
      [asked, most] = [asked + 1, Math.max(most, asked + 1)];
      await Promise.resolve();
      asked -= 1;
      if (refuses(String(values[':pk']))) throw Object.assign(new Error('No.'), { name: 'ThrottlingException' });
      return { Items: items.get(String(values[':pk'])) };
    }
    const keys = [...items.keys()].filter((pk) => pk > String(values[':after'] ?? ''));
    const start = Number(from?.['at'] ?? 0);
    const Items = keys.slice(start, start + Limit).map((pk) => ({ pk, sk: 'META', kind: 'TASK' }));
    return { Items, ...(start + Limit < keys.length ? { LastEvaluatedKey: { at: start + Limit } } : {}) };
  };
  Object.assign(documents, { send });
  return { store: new DynamoDbTaskStore({ documents, name: 'tasks' }), names, atOnce: () => most };
}

it('reads every page of the index, a few tasks at once', async () => {
  const { store, names, atOnce } = table(130);
  expect((await listed(store.list())).map(({ spec }) => spec.name)).toStrictEqual(names);
  expect(atOnce()).toBeLessThanOrEqual(8);
});

it('begins after a name', async () => {
  const { store, names } = table(60);
  const found: string[] = [];
  for await (const { spec } of store.list(names[40])) found.push(spec.name);
  expect(found).toStrictEqual(names.slice(41));
});

it('gives up with an error rather than with a part of the tasks', async () => {
  const { store } = table(60, (pk) => pk.endsWith('t1050'));
  await expect(listed(store.list())).rejects.toMatchObject({ code: 'STORE_THROTTLED' });
});
