import { beforeEach, describe, expect, it } from 'vitest';
import { briefOf } from '../../lib/record/brief/task-brief.ts';
import type { TaskStore, WorkerStore } from '../../lib/store/task-store.ts';
import { readTableKey } from '../../lib/task/task.ts';
import { taskRecord, taskSpec } from '../support/task-records.ts';
import { commandContract } from './store-command-contract.ts';
import { leaseContract } from './store-lease-contract.ts';
import { midway, take } from './store-steps.ts';
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
    expect(await listed(stores().tasks.list())).toEqual([a, b, c].map((record) => briefOf(record ?? expect.fail())));
  });

  it('lists in brief what it has whole, whatever was written last', async () => {
    const { tasks, workers } = stores();
    const wide = taskSpec('orders', { level: 'database', tables: [], databases: [{ source: 'shop', sink: 'copy' }] });
    await tasks.create(taskRecord('orders', { spec: wide }));
    await expect.poll(async () => (await listed(tasks.list())).length).toBe(1);
    const expectSame = async (): Promise<void> => {
      const whole = (await tasks.get('orders')) ?? expect.fail();
      expect(await listed(tasks.list())).toEqual([briefOf(whole)]);
    };
    const { key } = await take(stores(), 'orders', 100);
    await expectSame();
    const tables = {
      'shop.a': { chunks: 2, chunksDone: 1, rows: 3, total: 9 },
      'shop.b': { chunks: 0, chunksDone: 0, rows: 0 },
    };
    const progress = { ...midway, tables };
    await workers.saveProgress(key, progress, 200);
    await expectSame();
    await workers.saveProgress(
      key,
      { ...progress, window: progress.window + 1, missing: [readTableKey('shop.b')] },
      200,
    );
    await expectSame();
    await tasks.check('orders', 'verify', undefined);
    const seen = (await tasks.get('orders')) ?? expect.fail();
    await tasks.edit(seen, { ...wide, options: { ...wide.options, mode: 'adaptive' } });
    await expectSame();
    await workers.watch(key);
    await expectSame();
    await tasks.restart('orders');
    await expectSame();
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
