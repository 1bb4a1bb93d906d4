import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it, vi } from 'vitest';
import { DynamoDbTaskStore } from '../../../lib/dynamodb/dynamodb-task-store.ts';
import { toItem } from '../../../lib/dynamodb/task-item.ts';
import { taskRecord } from '../../support/task-records.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

/** A table that answers a query in pages of 60 keys, and of a batch no more than `most` items at once. */
function table(count: number, most: number) {
  const names = Array.from({ length: count }, (_, number) => `t${1000 + number}`);
  const items = new Map(names.map((name) => [`TASK#${name}`, toItem(taskRecord(name))]));
  const keys = [...items.keys()].map((pk) => ({ pk, sk: 'META', kind: 'TASK' }));
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'none' }));
  const batches: number[] = [];
  const send = (command: unknown): Promise<unknown> => {
    if (command instanceof QueryCommand) {
      const start = Number(command.input.ExclusiveStartKey?.['at'] ?? 0);
      const more = start + 60 < keys.length;
      const Items = keys.slice(start, start + 60);
      return Promise.resolve({ Items, ...(more ? { LastEvaluatedKey: { at: start + 60 } } : {}) });
    }
    if (!(command instanceof BatchGetCommand)) throw new Error('Not expected');
    const asked = command.input.RequestItems?.['tasks']?.Keys ?? [];
    batches.push(asked.length);
    const left = asked.slice(most);
    return Promise.resolve({
      Responses: { tasks: asked.slice(0, most).map((key) => items.get(String(key['pk']))) },
      UnprocessedKeys: left.length === 0 ? {} : { tasks: { Keys: left } },
    });
  };
  Object.assign(documents, { send });
  return { store: new DynamoDbTaskStore({ documents, name: 'tasks' }), names, batches };
}

it('reads every page of the index, and asks again for what a batch left out', async () => {
  const { store, names, batches } = table(130, 40);
  expect((await store.list()).map(({ spec }) => spec.name)).toStrictEqual(names);
  expect(batches).toStrictEqual([100, 60, 20, 30]);
});

it('gives up with an error rather than with a part of the tasks', async () => {
  const { store, batches } = table(1, 0);
  await expect(store.list()).rejects.toMatchObject({ code: 'STORE_THROTTLED' });
  expect(batches.length).toBeGreaterThan(3);
});
