import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { CdcError } from '../errors.ts';
import type { News, NewsKind, Told } from '../news/task-news.ts';
import type { Announced, AnnouncementStore } from '../store/announcements.ts';
import { errorCode, storedKey } from './items/check-item.ts';
import { queryPartition } from './query-partition.ts';
import { storeCall, storeError } from './store-error.ts';
import type { TaskTable } from './task-table.ts';
import { TOLD_STATES, type ToldState } from '../task/state-traits.ts';

/**
 * The partition of what was announced. The roles' rights to write announcements name it (serverless.yml). One query
 * reads the whole partition, and the index of tasks has none of its items.
 */
const PARTITION = 'EVENTS';
const KINDS = ['created', ...TOLD_STATES, 'loaded', 'setAside', 'broughtBack', 'dropped'] as const;

const state = z.enum(TOLD_STATES) satisfies z.ZodType<ToldState>;
const told = z.object({
  name: z.string(),
  state,
  loaded: z.int().nonnegative(),
  aside: z.record(storedKey, z.number()),
}) satisfies z.ZodType<Told>;
const news = z.object({
  kind: z.enum(KINDS) satisfies z.ZodType<NewsKind>,
  at: z.number(),
  state: state.optional(),
  table: storedKey.optional(),
  error: z.object({ code: errorCode, action: z.string() }).optional(),
}) satisfies z.ZodType<News>;
const item = z.object({ sk: z.string(), version: z.int().positive(), told, unsent: z.array(news) });

/** Keeps announcements in the table of the tasks. */
export class DynamoDbAnnouncementStore implements AnnouncementStore {
  readonly #table: TaskTable;

  constructor(table: TaskTable) {
    this.#table = table;
  }

  async get(taskId: string): Promise<Announced | undefined> {
    const command = new GetCommand({ ...this.#key(taskId), ConsistentRead: true });
    const { Item } = await storeCall('read announcements', () => this.#table.documents.send(command));
    return Item === undefined ? undefined : read(Item);
  }

  async list(): Promise<ReadonlyMap<string, Announced>> {
    const items = await queryPartition(this.#table, 'list announcements', PARTITION, false);
    return new Map(items.map((each) => [String(each['sk']), read(each)]));
  }

  save(taskId: string, { version, told, unsent }: Announced, seen: number): Promise<boolean> {
    const asSeen = seen === 0 ? 'attribute_not_exists(pk)' : '#version = :seen';
    return this.#conditionally(
      new UpdateCommand({
        ...this.#key(taskId),
        UpdateExpression: 'SET #version = :version, #told = :told, #unsent = :unsent',
        ConditionExpression: asSeen,
        ExpressionAttributeNames: { '#version': 'version', '#told': 'told', '#unsent': 'unsent' },
        ExpressionAttributeValues: {
          ...{ ':version': version, ':told': told, ':unsent': unsent },
          ...(seen === 0 ? {} : { ':seen': seen }),
        },
      }),
    );
  }

  async remove(taskId: string, version: number): Promise<void> {
    await this.#conditionally(
      new DeleteCommand({
        ...this.#key(taskId),
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': version },
      }),
    );
  }

  #key(taskId: string) {
    return { TableName: this.#table.name, Key: { pk: PARTITION, sk: taskId } };
  }

  async #conditionally(command: UpdateCommand | DeleteCommand): Promise<boolean> {
    try {
      await (command instanceof UpdateCommand
        ? this.#table.documents.send(command)
        : this.#table.documents.send(command));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw storeError('save announcements', error);
    }
  }
}

function read(found: Readonly<Record<string, unknown>>): Announced {
  const { success, data } = item.safeParse(found);
  if (success) return { version: data.version, told: data.told, unsent: data.unsent };
  throw new CdcError('STORE_ERROR', `The announcements of the task ${String(found['sk'])} cannot be read.`);
}
