import { randomUUID } from 'node:crypto';
import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { CdcError } from '../errors.ts';
import type { Progress } from '../replication/progress.ts';
import type { Lease, TaskError, TaskRecord, UnderWay } from '../task/task-record.ts';
import type { Acquired, LeaseKey, WorkerStore } from '../task/task-store.ts';
import { storeCall } from './store-error.ts';
import { fromItem, type TaskItem } from './task-item.ts';
import { type TaskTable, taskKey } from './task-table.ts';
import { attributeNames, refusedItem, type Transition, transition } from './transition.ts';

/** The name alone is not enough: the task may have been dropped and another created under the same name. */
const HELD = '#id = :id AND #epoch = :epoch';
const HELD_AND_LEASED = `${HELD} AND attribute_exists(#lease)`;
const FREE = 'attribute_not_exists(#lease) OR #lease.#until <= :now';

const held = (key: LeaseKey): Record<string, unknown> => ({ ':id': key.id, ':epoch': key.epoch });

export class DynamoDbWorkerStore implements WorkerStore {
  readonly #table: TaskTable;

  constructor(table: TaskTable) {
    this.#table = table;
  }

  async acquire(name: string, lease: Lease, now: number): Promise<Acquired> {
    // The SDK repeats a request whose answer was lost: the token tells our own lease from anybody else's.
    const token = randomUUID();
    const { applied, item } = await transition(this.#table, name, {
      step: 'take the lease',
      update: 'SET #lease = :lease, #epoch = #epoch + :one',
      condition: `attribute_exists(#pk) AND (${FREE})`,
      values: { ':lease': { ...lease, token }, ':one': 1, ':now': now },
    });
    if (item === undefined) return { outcome: 'gone' };
    const record = fromItem(item);
    if (!applied && leaseToken(item) !== token) return { outcome: 'held', record };
    return { outcome: 'acquired', key: { name, id: record.id, epoch: record.epoch }, record };
  }

  async renew(key: LeaseKey, until: number, underWay?: UnderWay): Promise<TaskRecord> {
    const told = underWay === undefined ? {} : { ':underWay': underWay };
    return this.#write(key, {
      step: 'renew the lease',
      update: `SET #lease.#until = :until${underWay === undefined ? '' : ', #underWay = :underWay'}`,
      condition: HELD_AND_LEASED,
      values: { ...held(key), ':until': until, ...told },
    });
  }

  async watch(key: LeaseKey): Promise<TaskRecord> {
    const item = await this.#read(key);
    if (item?.['id'] !== key.id || item['epoch'] !== key.epoch) throw leaseLost(key);
    return fromItem(item);
  }

  async isDropped(key: LeaseKey): Promise<boolean> {
    const item = await this.#read(key);
    return item?.['id'] !== key.id || item['desired'] === 'dropping';
  }

  async release(key: LeaseKey): Promise<TaskRecord> {
    return this.#write(key, {
      step: 'release the lease',
      update: 'REMOVE #lease',
      condition: HELD,
      values: held(key),
    });
  }

  async saveProgress(key: LeaseKey, progress: Progress, leaseUntil: number, adopts?: number): Promise<void> {
    const values = { ...held(key), ':progress': progress, ':until': leaseUntil };
    const { applied, item } = await transition(this.#table, key.name, {
      step: 'save the progress',
      update: 'SET #progress = :progress, #lease.#until = :until',
      condition: adopts === undefined ? HELD_AND_LEASED : `${HELD_AND_LEASED} AND #selection = :adopts`,
      values: adopts === undefined ? values : { ...values, ':adopts': adopts },
    });
    if (applied) return;
    const isOurs = item?.['id'] === key.id && item['epoch'] === key.epoch && item['lease'] !== undefined;
    throw isOurs ? edited(key) : leaseLost(key);
  }

  async saveError(key: LeaseKey, error: TaskError | undefined): Promise<void> {
    await this.#write(key, {
      step: 'save the error',
      update: error === undefined ? 'REMOVE #error' : 'SET #error = :error',
      condition: HELD,
      values: { ...held(key), ...(error === undefined ? {} : { ':error': error }) },
    });
  }

  async remove(key: LeaseKey): Promise<void> {
    const command = new DeleteCommand({
      TableName: this.#table.name,
      Key: taskKey(key.name),
      ConditionExpression: HELD,
      ExpressionAttributeNames: attributeNames(HELD),
      ExpressionAttributeValues: held(key),
    });
    try {
      await this.#table.documents.send(command);
    } catch (error) {
      refusedItem('remove the task', error);
      throw leaseLost(key);
    }
  }

  async #read({ name }: LeaseKey): Promise<TaskItem | undefined> {
    const command = new GetCommand({ TableName: this.#table.name, Key: taskKey(name), ConsistentRead: true });
    return (await storeCall('read the task', () => this.#table.documents.send(command))).Item;
  }

  async #write(key: LeaseKey, change: Transition): Promise<TaskRecord> {
    const { applied, item } = await transition(this.#table, key.name, change);
    if (!applied) throw leaseLost(key);
    return fromItem(item);
  }
}

const edited = (key: LeaseKey): CdcError => new CdcError('TASK_EDITED', `The task ${key.name} was edited meanwhile.`);

const leaseLost = (key: LeaseKey): CdcError =>
  new CdcError('LEASE_LOST', `The task ${key.name} is no longer this worker's (epoch ${key.epoch}).`);

function leaseToken(item: TaskItem): unknown {
  const lease = item['lease'];
  return typeof lease === 'object' && lease !== null && 'token' in lease ? lease.token : undefined;
}
