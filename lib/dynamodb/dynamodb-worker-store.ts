import { randomUUID } from 'node:crypto';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { CdcError } from '../errors.ts';
import type { Progress } from '../record/progress.ts';
import type { Lease, TaskError, TaskRecord, UnderWay } from '../record/task-record.ts';
import type { Acquired, LeaseKey, WorkerStore } from '../store/task-store.ts';
import { ITEM_VERSION, versionOf } from './items/item-version.ts';
import { KnownParts } from './known-parts.ts';
import { readMeta } from './read-item.ts';
import { tokenIn } from './items/task-item.ts';
import { allKeys, headOf } from './items/task-parts.ts';
import type { TaskTable } from './task-table.ts';
import { attributeNames, despiteConflicts, refusedItem, type Transition, transition } from './transition.ts';
import { isWritten, newerThanStored, type Ordered, WriteOrder } from './write-order.ts';
import type { TaskItem } from './items/task-key.ts';

/** The id is needed, because the task may have been dropped and another one created under the same name. */
const HELD = '#id = :id AND #epoch = :epoch';
const HELD_AND_LEASED = `${HELD} AND attribute_exists(#lease)`;
const FREE = 'attribute_not_exists(#lease) OR #lease.#until <= :now';

/** After a worker gives the lease back, none of its writes applies, not even one that arrives late. */
const written = (part: Ordered): string => `${HELD_AND_LEASED} AND ${newerThanStored(part)}`;

const held = (key: LeaseKey): Record<string, unknown> => ({ ':id': key.id, ':epoch': key.epoch });

export class DynamoDbWorkerStore implements WorkerStore {
  readonly #table: TaskTable;
  readonly #order = new WriteOrder();
  readonly #parts: KnownParts;

  constructor(table: TaskTable) {
    this.#table = table;
    this.#parts = new KnownParts(table);
  }

  async acquire(name: string, lease: Lease, now: number): Promise<Acquired> {
    // The SDK repeats a request if its answer was lost. By the token we know our own lease from somebody else's.
    const token = randomUUID();
    const { applied, item } = await transition(this.#table, name, {
      step: 'take the lease',
      update: 'SET #lease = :lease, #epoch = #epoch + :one',
      condition: `attribute_exists(#pk) AND (${FREE})`,
      values: { ':lease': { ...lease, token }, ':one': 1, ':now': now },
    });
    if (item === undefined) return { outcome: 'gone' };
    const isOurs = applied || tokenIn(item['lease']) === token;
    const key = { name, id: String(item['id']), epoch: Number(item['epoch']) };
    const record = isOurs ? await this.#taken(key, item) : await this.#parts.whole(key, item);
    if (record === undefined) return { outcome: 'gone' };
    return isOurs && record.epoch === key.epoch ? { outcome: 'acquired', key, record } : { outcome: 'held', record };
  }

  async renew(key: LeaseKey, until: number, underWay?: UnderWay): Promise<TaskRecord> {
    const told = underWay === undefined ? {} : { ':underWay': underWay };
    const { applied, item } = await transition(this.#table, key.name, {
      step: 'renew the lease',
      update: `SET #lease.#until = :until${underWay === undefined ? '' : ', #underWay = :underWay'}`,
      // If this request arrives late, the lease already ends later: do not shorten it.
      condition: `${HELD_AND_LEASED} AND #lease.#until <= :until`,
      values: { ...held(key), ':until': until, ...told },
    });
    if (item === undefined || !(applied || isLeased(key, item))) throw leaseLost(key);
    return await this.#record(key, item);
  }

  async watch(key: LeaseKey): Promise<TaskRecord> {
    const number = this.#order.toSettle(key);
    const item = await (number === undefined ? readMeta(this.#table, key.name) : this.#settle(key, number));
    if (!isHeld(key, item)) throw leaseLost(key);
    return await this.#record(key, item);
  }

  async isDropped(key: LeaseKey): Promise<boolean> {
    const item = await readMeta(this.#table, key.name);
    return item?.['id'] !== key.id || item['desired'] === 'dropping';
  }

  async release(key: LeaseKey): Promise<TaskRecord> {
    const { applied, item } = await transition(this.#table, key.name, {
      step: 'release the lease',
      update: 'REMOVE #lease',
      condition: HELD,
      values: held(key),
    });
    if (!applied) throw leaseLost(key);
    return await this.#record(key, item);
  }

  async saveProgress(key: LeaseKey, progress: Progress, leaseUntil: number, adopts?: number): Promise<TaskRecord> {
    return await this.#order.during(key, async (number) => {
      const change = progressTransition(key, progress, leaseUntil, number, adopts);
      const outcome = await this.#parts.saved(key, progress, `${key.epoch}.${number}`, change);
      if (outcome.applied) return await this.#record(key, outcome.item ?? (await readMeta(this.#table, key.name)));
      const { item } = outcome;
      if (!isLeased(key, item)) throw leaseLost(key);
      // If this was a repeat, the first request stored the progress, and the task may have been edited since.
      if (!isWritten(item, 'progressWrite', number)) throw edited(key);
      return await this.#record(key, item);
    });
  }

  async saveError(key: LeaseKey, error: TaskError | undefined): Promise<void> {
    const number = this.#order.next();
    const { applied, item } = await transition(this.#table, key.name, {
      step: 'save the error',
      update: `SET #lease.#errorWrite = :number${error === undefined ? ' REMOVE #error' : ', #error = :error'}`,
      condition: written('errorWrite'),
      values: { ...held(key), ':number': number, ...(error === undefined ? {} : { ':error': error }) },
    });
    if (!applied && !isLeased(key, item)) throw leaseLost(key);
  }

  async remove(key: LeaseKey): Promise<void> {
    const guard = {
      ConditionExpression: HELD,
      ExpressionAttributeNames: attributeNames(HELD),
      ExpressionAttributeValues: held(key),
    };
    const TransactItems = allKeys(key.name).map((Key, i) => ({
      Delete: { TableName: this.#table.name, Key, ...(i === 0 ? guard : {}) },
    }));
    try {
      await despiteConflicts(() => this.#table.documents.send(new TransactWriteCommand({ TransactItems })));
    } catch (error) {
      refusedItem('remove the task', error);
      throw leaseLost(key);
    }
  }

  /** The task whose lease this worker has just taken. A task of version 1 is split now: nobody else writes it. */
  async #taken(key: LeaseKey, item: TaskItem): Promise<TaskRecord | undefined> {
    const found = versionOf(item) < ITEM_VERSION ? await this.#parts.split(key, item, HELD, held(key)) : item;
    return await this.#parts.whole(key, found);
  }

  /** LEASE_LOST if the task was removed while its parts were read. */
  async #record(key: LeaseKey, item: TaskItem | undefined): Promise<TaskRecord> {
    const record = item === undefined ? undefined : await this.#parts.whole(key, item);
    if (record?.id !== key.id || record.epoch !== key.epoch) throw leaseLost(key);
    return record;
  }

  /**
   * A read that also writes a new number, so that earlier writes that arrive later are refused. If this write is
   * refused, then a newer number or another holder refuses them already.
   */
  async #settle(key: LeaseKey, number: number): Promise<TaskItem | undefined> {
    const { item } = await transition(this.#table, key.name, {
      step: 'read the task',
      update: 'SET #lease.#progressWrite = :number',
      condition: written('progressWrite'),
      values: { ...held(key), ':number': number },
    });
    this.#order.settled(key, number);
    return item;
  }
}

/** The write of META. `#details` is set by whoever writes the parts, too. */
function progressTransition(
  key: LeaseKey,
  progress: Progress,
  leaseUntil: number,
  number: number,
  adopts: number | undefined,
): Transition {
  const values = { ...held(key), ':progress': headOf(progress), ':until': leaseUntil, ':number': number };
  return {
    step: 'save the progress',
    update: 'SET #progress = :progress, #lease.#until = :until, #lease.#progressWrite = :number',
    condition: `${written('progressWrite')}${adopts === undefined ? '' : ' AND #selection = :adopts'}`,
    values: adopts === undefined ? values : { ...values, ':adopts': adopts },
  };
}

const isHeld = (key: LeaseKey, item: TaskItem | undefined): item is TaskItem =>
  item?.['id'] === key.id && item['epoch'] === key.epoch;

const isLeased = (key: LeaseKey, item: TaskItem | undefined): item is TaskItem =>
  isHeld(key, item) && item['lease'] !== undefined;

const edited = (key: LeaseKey): CdcError => new CdcError('TASK_EDITED', `The task ${key.name} was edited meanwhile.`);

const leaseLost = (key: LeaseKey): CdcError =>
  new CdcError('LEASE_LOST', `The task ${key.name} is no longer this worker's (epoch ${key.epoch}).`);
