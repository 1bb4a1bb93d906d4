import { setTimeout as delay } from 'node:timers/promises';
import { BatchGetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { forEachConcurrently } from '../concurrency/concurrently.ts';
import { CdcError } from '../errors.ts';
import { briefOf, type TaskBrief } from '../record/brief/task-brief.ts';
import { readTaskItem } from './read-item.ts';
import { STORE_CODES, storeCall, storeError } from './store-error.ts';
import { refuseNewer } from './items/item-version.ts';
import { fromBrief, fromItem } from './items/task-item.ts';
import { briefKey, isBriefOf } from './items/task-parts.ts';
import { TASK_INDEX, type TaskTable } from './task-table.ts';
import { TASK_KIND, taskKey, type TaskItem } from './items/task-key.ts';

/** Tasks read at once: a request may ask for 100 items, and a task has two small ones. */
const PAGE = 50;
/** Whole tasks read at once, and held at once. */
const LANES = 8;
/** DynamoDB may leave items out of an answer, and wants to be asked again a little later: so often if nothing comes. */
const TRIES = 6;
const WAIT_MS = 25;

/** A task, or the error of one whose items cannot be read. */
export type Listed = { readonly brief: TaskBrief } | { readonly error: CdcError };

/**
 * All tasks in brief, by name, those after the name `after`. It holds a page of them and never all. The index gives the
 * names, and the table the present state, since an index lags behind its table. Of each task it reads META and BRIEF, and
 * all items (190 KB for 1,000 tables) only if the two do not belong together, until a worker has mended that.
 */
export async function* listTasks(table: TaskTable, after?: string): AsyncGenerator<Listed, void, undefined> {
  for await (const names of namePages(table, after)) {
    const items = await readBriefs(table, names);
    const found = new Map<string, Listed>();
    await forEachConcurrently(names, LANES, async (name) => {
      const listed = await listedOf(table, name, items.get(name));
      if (listed !== undefined) found.set(name, listed);
    });
    for (const name of names) {
      const listed = found.get(name);
      if (listed !== undefined) yield listed;
    }
  }
}

interface BriefItems {
  meta?: TaskItem;
  brief?: TaskItem;
}

/** META and BRIEF of these tasks, by name; consistent reads. */
async function readBriefs({ documents, name }: TaskTable, names: readonly string[]): Promise<Map<string, BriefItems>> {
  const found = new Map<string, BriefItems>();
  let Keys: TaskItem[] = names.flatMap((task) => [taskKey(task), briefKey(task)]);
  for (let tries = 1; Keys.length > 0;) {
    if (tries > TRIES) throw new CdcError(STORE_CODES.throttled, 'DynamoDB could not list the tasks at once.');
    if (tries > 1) await delay(WAIT_MS * 2 ** (tries - 2) * (0.5 + Math.random()));
    const command = new BatchGetCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true } } });
    const { Responses, UnprocessedKeys } = await storeCall('list the tasks', () => documents.send(command));
    for (const item of Responses?.[name] ?? []) {
      const task = nameIn(item);
      found.set(task, { ...found.get(task), [item['sk'] === briefKey(task).sk ? 'brief' : 'meta']: item });
    }
    const left = UnprocessedKeys?.[name]?.Keys ?? [];
    tries = left.length < Keys.length ? 2 : tries + 1;
    Keys = left;
  }
  return found;
}

/** Undefined when the task is gone. */
async function listedOf(table: TaskTable, name: string, items: BriefItems = {}): Promise<Listed | undefined> {
  const { meta, brief } = items;
  if (meta === undefined) return undefined;
  try {
    refuseNewer(meta);
    const known = isBriefOf(brief, meta) ? fromBrief(meta, brief) : undefined;
    if (known !== undefined) return { brief: known };
    const item = await readTaskItem(table, name);
    return item === undefined ? undefined : { brief: briefOf(fromItem(item)) };
  } catch (error) {
    return { error: unreadable(error) };
  }
}

/** The error of one task alone. If the table cannot be reached, no list is better than a part of it. */
function unreadable(error: unknown): CdcError {
  if (error instanceof CdcError && (error.code === 'STORE_NEWER' || error.cause === undefined)) return error;
  throw error;
}

const nameIn = ({ pk }: TaskItem): string => String(pk).slice(taskKey('').pk.length);

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
    for await (const { Items = [] } of pages) yield Items.map(nameIn);
  } catch (error) {
    throw storeError('list the tasks', error);
  }
}
