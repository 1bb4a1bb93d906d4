import { setTimeout as delay } from 'node:timers/promises';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { CdcError } from '../errors.ts';
import { broughtForward, refuseNewer, versionOf } from './items/item-version.ts';
import { queryPartition } from './query-partition.ts';
import { storeCall } from './store-error.ts';
import { areOf, briefKey, isBriefOf, joinItem, partsAmong, type TaskParts } from './items/task-parts.ts';
import { type TaskTable } from './task-table.ts';
import { taskKey, type TaskItem } from './items/task-key.ts';

/** Reads beside a writer are repeated this often. A writer changes several items at most once a second. */
const TRIES = 8;
const WAIT_MS = 20;

/** A consistent read of META, the item of a task with what is written often. */
export async function readMeta({ documents, name }: TaskTable, taskName: string): Promise<TaskItem | undefined> {
  const command = new GetCommand({ TableName: name, Key: taskKey(taskName), ConsistentRead: true });
  return (await storeCall('read the task', () => documents.send(command))).Item;
}

/** A task as it is stored. `parts` is undefined for a task of version 1, whose only item is whole. */
export interface ReadTask {
  readonly meta: TaskItem;
  readonly parts: TaskParts | undefined;
  /** Has the task a BRIEF that belongs to META? */
  readonly hasBrief: boolean;
}

/** Do the parts that were read belong to this META, too? */
export const isOf = ({ parts }: Pick<ReadTask, 'parts'>, meta: TaskItem | undefined): boolean =>
  meta !== undefined && (parts === undefined ? versionOf(meta) === 1 : areOf(parts, meta));

/** A consistent read of all items of a task, of which none was written meanwhile. */
export async function readParts(table: TaskTable, taskName: string): Promise<ReadTask | undefined> {
  const key = taskKey(taskName);
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const items = await queryPartition(table, 'read the task', key.pk, true);
    const meta = items.find(({ sk }) => sk === key.sk);
    if (meta === undefined) return undefined;
    refuseNewer(meta);
    if (versionOf(meta) === 1) return { meta, parts: undefined, hasBrief: false };
    const parts = partsAmong(items, meta);
    const brief = items.find(({ sk }) => sk === briefKey(taskName).sk);
    if (parts !== undefined) return { meta, parts, hasBrief: isBriefOf(brief, meta) };
    await delay(WAIT_MS * tries);
  }
  throw new CdcError('STORE_ERROR', `The items of the task ${taskName} do not belong together, in ${TRIES} reads.`);
}

/** The whole item of a task, in the present version. */
export async function readTaskItem(table: TaskTable, taskName: string): Promise<TaskItem | undefined> {
  const read = await readParts(table, taskName);
  return read === undefined ? undefined : wholeItem(read);
}

export const wholeItem = ({ meta, parts }: Pick<ReadTask, 'meta' | 'parts'>): TaskItem =>
  broughtForward(parts === undefined ? meta : joinItem(meta, parts));
