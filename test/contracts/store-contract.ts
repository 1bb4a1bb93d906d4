import { beforeEach, describe, expect, it } from 'vitest';
import type { TaskStore, WorkerStore } from '../../lib/store/task-store.ts';
import { taskRecord } from '../support/task-records.ts';
import { commandContract } from './store-command-contract.ts';
import { leaseContract } from './store-lease-contract.ts';
import { listed } from '../support/listed.ts';

export interface Stores {
  readonly tasks: TaskStore;
  readonly workers: WorkerStore;
}

/** What every pair of stores over the same data has to do. `open` gives empty ones. */
export function storeContract(kind: string, open: () => Promise<Stores>): void {
  describe(`the task store ${kind}`, () => {
    let stores: Stores;
    beforeEach(async () => {
      stores = await open();
    });

    describe('keeping tasks', () => {
      keepingContract(() => stores);
    });
    describe('commands', () => {
      commandContract(() => stores);
    });
    describe('leases', () => {
      leaseContract(() => stores);
    });
  });
}

function keepingContract(stores: () => Stores): void {
  it('gives back what was created, every field of it', async () => {
    const record = taskRecord('orders');
    await stores().tasks.create(record);
    expect(await stores().tasks.get('orders')).toStrictEqual(record);
  });

  it('knows nothing of a task that was never created', async () => {
    expect(await stores().tasks.get('nothing')).toBeUndefined();
  });

  it('refuses a name that is taken', async () => {
    const first = taskRecord('orders');
    await stores().tasks.create(first);
    await expect(stores().tasks.create(taskRecord('orders'))).rejects.toMatchObject({ code: 'TASK_EXISTS' });
    expect(await stores().tasks.get('orders')).toStrictEqual(first);
  });

  it('refuses a name that is taken by a task being dropped', async () => {
    await stores().tasks.create(taskRecord('orders', { desired: 'dropping' }));
    await expect(stores().tasks.create(taskRecord('orders'))).rejects.toMatchObject({ code: 'TASK_EXISTS' });
  });

  it('lets exactly one of many simultaneous creations win', async () => {
    const records = Array.from({ length: 8 }, () => taskRecord('orders'));
    const outcomes = await Promise.allSettled(records.map((record) => stores().tasks.create(record)));
    const winners = records.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect(await stores().tasks.get('orders')).toStrictEqual(winners[0]);
  });

  it('lists all tasks by name', async () => {
    expect(await listed(stores().tasks.list())).toStrictEqual([]);
    const records = ['b', 'c', 'a'].map((name) => taskRecord(name));
    for (const record of records) await stores().tasks.create(record);
    await expect.poll(async () => (await listed(stores().tasks.list())).length).toBe(3);
    const [b, c, a] = records;
    expect(await listed(stores().tasks.list())).toStrictEqual([a, b, c]);
  });

  it('lists more tasks than one page or batch holds', async () => {
    const names = Array.from({ length: 130 }, (_, number) => `t${1000 + number}`);
    for (let at = 0; at < names.length; at += 26)
      await Promise.all(names.slice(at, at + 26).map((name) => stores().tasks.create(taskRecord(name))));
    await expect
      .poll(async () => (await listed(stores().tasks.list())).map(({ spec }) => spec.name))
      .toStrictEqual(names);
  });
}
