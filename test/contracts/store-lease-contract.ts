import { describe, expect, it } from 'vitest';
import type { TaskRecord } from '../../lib/record/task-record.ts';
import type { LeaseKey } from '../../lib/store/task-store.ts';
import { taskRecord } from '../support/task-records.ts';
import type { Stores } from './store-contract.ts';
import { failure, lease, midway, take, TTL } from './store-steps.ts';
import { listed } from '../support/listed.ts';

/** One holder at a time; whoever has been overtaken cannot write any more. */
export function leaseContract(stores: () => Stores): void {
  holdingContract(stores);
  writingContract(stores);
  describe('a worker that was overtaken', () => {
    zombieContract(stores, async () => {
      const { key } = await take(stores(), 'orders', 100);
      await take(stores(), 'orders', 100 + TTL, 'successor');
      return key;
    });
  });
  describe('a worker of a task that was dropped and created again under the same name', () => {
    zombieContract(stores, async () => {
      const { key } = await take(stores(), 'orders', 100);
      await stores().workers.remove(key);
      await stores().tasks.create(taskRecord('orders'));
      // The same epoch again: only the task's id tells them apart.
      await take(stores(), 'orders', 110, 'successor');
      return key;
    });
  });
}

function holdingContract(stores: () => Stores): void {
  it('tells those who hold no lease any more whether their task is dropped, also when another has its name', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    const { key: successor } = await take(stores(), 'orders', 100 + TTL, 'successor');
    expect(await stores().workers.isDropped(key)).toBe(false);
    await stores().tasks.drop('orders');
    expect(await stores().workers.isDropped(key)).toBe(true);
    await stores().workers.remove(successor);
    expect(await stores().workers.isDropped(key)).toBe(true);
    await stores().tasks.create(taskRecord('orders'));
    expect(await stores().workers.isDropped(key)).toBe(true);
  });

  it('gives the lease of a new task with epoch 1', async () => {
    const record = taskRecord('orders');
    await stores().tasks.create(record);
    const held: TaskRecord = { ...record, epoch: 1, lease: lease('worker', 100) };
    expect(await stores().workers.acquire('orders', lease('worker', 100), 100)).toStrictEqual({
      outcome: 'acquired',
      key: { name: 'orders', id: record.id, epoch: 1 },
      record: held,
    });
    expect(await stores().tasks.get('orders')).toStrictEqual(held);
  });

  it('refuses a lease that somebody holds, the holder itself included, and shows whose it is', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { record } = await take(stores(), 'orders', 100);
    for (const owner of ['other', 'worker']) {
      const now = 100 + TTL - 1;
      const answer = await stores().workers.acquire('orders', lease(owner, now), now);
      expect(answer).toStrictEqual({ outcome: 'held', record });
    }
  });

  it('gives a lease to the next one at the very moment that it ends', async () => {
    await stores().tasks.create(taskRecord('orders'));
    await take(stores(), 'orders', 100);
    const { record, key } = await take(stores(), 'orders', 100 + TTL, 'other');
    expect(key.epoch).toBe(2);
    expect(record.lease).toStrictEqual(lease('other', 100 + TTL));
  });

  it('lets exactly one of many simultaneous workers win', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const owners = Array.from({ length: 12 }, (_, number) => `worker-${number}`);
    const answers = await Promise.all(
      owners.map((owner) => stores().workers.acquire('orders', lease(owner, 100), 100)),
    );
    const winners = owners.filter((_, index) => answers[index]?.outcome === 'acquired');
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ outcome }) => outcome === 'held')).toHaveLength(owners.length - 1);
    expect(await stores().tasks.get('orders')).toMatchObject({ epoch: 1, lease: lease(winners[0] ?? '', 100) });
  });

  it('says of an unknown task that it is gone', async () => {
    expect(await stores().workers.acquire('nothing', lease('worker', 100), 100)).toStrictEqual({ outcome: 'gone' });
    expect(await stores().tasks.get('nothing')).toBeUndefined();
  });

  it('gives a lease whatever the user asks for, since a dropped task has to be cleaned up', async () => {
    for (const desired of ['paused', 'dropping'] as const) {
      await stores().tasks.create(taskRecord(desired, { desired }));
      expect((await take(stores(), desired, 100)).record).toMatchObject({ desired });
    }
  });

  it('keeps the epoch when the lease is given back, and raises it for the next holder', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    await stores().tasks.setDesired('orders', 'paused');
    const released = { epoch: 1, lease: undefined, desired: 'paused' };
    expect(await stores().workers.release(key)).toMatchObject(released);
    expect(await stores().workers.release(key)).toMatchObject(released);
    expect((await take(stores(), 'orders', 101)).key.epoch).toBe(2);
  });
}

function writingContract(stores: () => Stores): void {
  it('prolongs the lease and shows what the user asks for now', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    await stores().tasks.setDesired('orders', 'paused');
    const renewed = { desired: 'paused', lease: { ...lease('worker', 100), until: 170 }, epoch: 1 };
    expect(await stores().workers.renew(key, 170)).toMatchObject(renewed);
    expect(await stores().workers.watch(key)).toMatchObject(renewed);
  });

  it('tells what is under way with the renewal, and keeps it until there is more to tell', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    const underWay = { rows: 12, at: 110 };
    expect(await stores().workers.renew(key, 170, underWay)).toMatchObject({ underWay, lease: { until: 170 } });
    expect(await stores().workers.renew(key, 180)).toMatchObject({ underWay, lease: { until: 180 } });
    await stores().workers.saveProgress(key, midway, 190);
    expect(await stores().workers.release(key)).toMatchObject({ underWay, lease: undefined });
    const { record } = await take(stores(), 'orders', 200, 'other');
    expect(record.underWay).toStrictEqual(underWay);
    const stale = stores().workers.renew(key, 300, { rows: 99, at: 210 });
    await expect(stale).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect((await stores().tasks.get('orders'))?.underWay).toStrictEqual(underWay);
  });

  it('lets a holder renew after its time as long as nobody has taken over', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    expect(await stores().workers.renew(key, 500)).toMatchObject({ lease: { until: 500 } });
  });

  it('prolongs a lease and never shortens it', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    await stores().workers.saveProgress(key, midway, 250);
    const before = await stores().workers.watch(key);
    expect(await stores().workers.renew(key, 249, { rows: 1, at: 110 })).toStrictEqual(before);
    expect(await stores().tasks.get('orders')).toStrictEqual(before);
    expect(await stores().workers.renew(key, 251)).toMatchObject({ lease: { until: 251 } });
  });

  it('saves progress to the last digit of its positions and prolongs the lease with it', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    await stores().workers.saveProgress(key, midway, 250);
    const record = await stores().tasks.get('orders');
    expect(record?.progress).toStrictEqual(midway);
    expect(record?.lease).toStrictEqual({ ...lease('worker', 100), until: 250 });
  });

  it('forgets a pending window that newer progress does not have', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    await stores().workers.saveProgress(key, midway, 250);
    await stores().workers.saveProgress(key, { ...midway, pending: undefined, loadPin: undefined }, 250);
    const stored = await stores().tasks.get('orders');
    expect(stored?.progress).toStrictEqual({ ...midway, pending: undefined, loadPin: undefined });
  });

  it('saves and clears the error', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    await stores().workers.saveError(key, failure);
    expect(await stores().workers.watch(key)).toMatchObject({ error: failure });
    await stores().workers.saveError(key, undefined);
    expect(await stores().workers.watch(key)).toMatchObject({ error: undefined });
  });

  it('writes nothing more once the lease was given back', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    await stores().workers.release(key);
    await expect(stores().workers.renew(key, 500)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await expect(stores().workers.saveProgress(key, midway, 500)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await expect(stores().workers.saveError(key, failure)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    const untouched = { lease: undefined, error: undefined, progress: { window: 0 } };
    expect(await stores().tasks.get('orders')).toMatchObject(untouched);
  });

  it('removes a task for good, so that its name is free', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    await stores().workers.remove(key);
    expect(await stores().tasks.get('orders')).toBeUndefined();
    await expect(stores().workers.remove(key)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await expect(stores().workers.watch(key)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await stores().tasks.create(taskRecord('orders'));
    await expect.poll(async () => (await listed(stores().tasks.list())).length).toBe(1);
  });
}

const WRITES: Record<string, (stores: Stores, key: LeaseKey) => Promise<unknown>> = {
  'renew the lease': ({ workers }, key) => workers.renew(key, 1_000),
  'watch the task': ({ workers }, key) => workers.watch(key),
  'release the lease': ({ workers }, key) => workers.release(key),
  'save progress': ({ workers }, key) => workers.saveProgress(key, midway, 1_000),
  'save an error': ({ workers }, key) => workers.saveError(key, failure),
  'clear the error': ({ workers }, key) => workers.saveError(key, undefined),
  'remove the task': ({ workers }, key) => workers.remove(key),
};

function zombieContract(stores: () => Stores, overtake: () => Promise<LeaseKey>): void {
  it.each(Object.entries(WRITES))('cannot %s', async (_name, write) => {
    await stores().tasks.create(taskRecord('orders'));
    const key = await overtake();
    const before = await stores().tasks.get('orders');
    await expect(write(stores(), key)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await stores().tasks.get('orders')).toStrictEqual(before);
  });
}
