import { setTimeout as delay } from 'node:timers/promises';
import { BatchGetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { CdcError } from '../errors.ts';
import { storeCall } from './store-error.ts';
import type { TaskItem } from './task-item.ts';
import { TASK_INDEX, TASK_KIND, type TaskTable } from './task-table.ts';

const BATCH_KEYS = 100;
const ATTEMPTS = 8;

/**
 * All task items. The index gives the keys. The table gives the present state, because an index lags behind its table.
 */
export async function readTaskItems(table: TaskTable): Promise<TaskItem[]> {
  const keys = await storeCall('list the tasks', () => taskKeys(table));
  const items: TaskItem[] = [];
  for (let start = 0; start < keys.length; start += BATCH_KEYS) {
    items.push(...(await readBatch(table, keys.slice(start, start + BATCH_KEYS))));
  }
  return items;
}

async function taskKeys(table: TaskTable): Promise<TaskItem[]> {
  const pages = paginateQuery(
    { client: table.documents },
    {
      TableName: table.name,
      IndexName: TASK_INDEX,
      KeyConditionExpression: '#kind = :kind',
      ExpressionAttributeNames: { '#kind': 'kind' },
      ExpressionAttributeValues: { ':kind': TASK_KIND },
    },
  );
  const keys: TaskItem[] = [];
  for await (const { Items = [] } of pages) keys.push(...Items.map(({ pk, sk }): TaskItem => ({ pk, sk })));
  return keys;
}

/** One answer holds at most 16 MB, and less if the table is throttled. Ask again for the rest, with growing waits. */
async function readBatch(table: TaskTable, keys: TaskItem[]): Promise<TaskItem[]> {
  const items: TaskItem[] = [];
  let asked = keys;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await delay(25 * 2 ** attempt);
    const RequestItems = { [table.name]: { Keys: asked, ConsistentRead: true } };
    const answer = await storeCall('read the tasks', () => table.documents.send(new BatchGetCommand({ RequestItems })));
    items.push(...(answer.Responses?.[table.name] ?? []));
    asked = answer.UnprocessedKeys?.[table.name]?.Keys ?? [];
    if (asked.length === 0) return items;
  }
  throw new CdcError('STORE_THROTTLED', `DynamoDB left ${asked.length} tasks unread, ${ATTEMPTS} times over.`);
}
