import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { forEachConcurrently } from '../concurrency/concurrently.ts';
import { CdcError } from '../errors.ts';
import { readTaskItem } from './read-item.ts';
import { storeError } from './store-error.ts';
import { fromItem } from './items/task-item.ts';
import type { TaskRecord } from '../record/task-record.ts';
import { TASK_INDEX, type TaskTable } from './task-table.ts';
import { TASK_KIND, taskKey } from './items/task-key.ts';

/** Tasks read at once, and held at once. */
const PAGE = 25;
const LANES = 8;

/** A task, or the error of one whose items cannot be read. */
export type Listed = { readonly record: TaskRecord } | { readonly error: CdcError };

/**
 * All tasks by name, those after the name `after`. It holds a page of them and never all: a task of 1,000 tables may have
 * 190 KB. The index gives the names, and the table the present state, since an index lags behind its table.
 */
export async function* listTasks(table: TaskTable, after?: string): AsyncGenerator<Listed, void, undefined> {
  for await (const names of namePages(table, after)) {
    const found = new Map<string, Listed>();
    await forEachConcurrently(names, LANES, async (name) => {
      const listed = await readListed(table, name);
      if (listed !== undefined) found.set(name, listed);
    });
    for (const name of names) {
      const listed = found.get(name);
      if (listed !== undefined) yield listed;
    }
  }
}

async function readListed(table: TaskTable, name: string): Promise<Listed | undefined> {
  try {
    const item = await readTaskItem(table, name);
    return item === undefined ? undefined : { record: fromItem(item) };
  } catch (error) {
    return { error: unreadable(error) };
  }
}

/** The error of one task alone. If the table cannot be reached, no list is better than a part of it. */
function unreadable(error: unknown): CdcError {
  if (error instanceof CdcError && (error.code === 'STORE_NEWER' || error.cause === undefined)) return error;
  throw error;
}

async function* namePages({ documents, name }: TaskTable, after?: string): AsyncGenerator<string[], void, undefined> {
  const pages = paginateQuery(
    { client: documents, pageSize: PAGE },
    {
      TableName: name,
      IndexName: TASK_INDEX,
      KeyConditionExpression: `#kind = :kind${after === undefined ? '' : ' AND #pk > :after'}`,
      ExpressionAttributeNames: { '#kind': 'kind', ...(after === undefined ? {} : { '#pk': 'pk' }) },
      ExpressionAttributeValues: {
        ':kind': TASK_KIND,
        ...(after === undefined ? {} : { ':after': taskKey(after).pk }),
      },
    },
  );
  try {
    for await (const { Items = [] } of pages) yield Items.map(({ pk }) => String(pk).slice(taskKey('').pk.length));
  } catch (error) {
    throw storeError('list the tasks', error);
  }
}
