import { expect, it } from 'vitest';
import { taskRecord } from '../support/task-records.ts';
import type { Stores } from './store-contract.ts';
import { failure, lease, take } from './store-steps.ts';

/** What the user may ask for, and what comes of asking for several things at once. */
export function commandContract(stores: () => Stores): void {
  it('pauses and resumes, any number of times', async () => {
    await stores().tasks.create(taskRecord('orders'));
    for (const desired of ['paused', 'paused', 'running', 'running'] as const) {
      expect(await stores().tasks.setDesired('orders', desired)).toMatchObject({ desired });
      expect(await stores().tasks.get('orders')).toMatchObject({ desired });
    }
  });

  it('keeps the last error when pausing and clears it when resuming', async () => {
    await stores().tasks.create(taskRecord('orders', { error: failure }));
    expect(await stores().tasks.setDesired('orders', 'paused')).toMatchObject({ error: failure });
    expect(await stores().tasks.setDesired('orders', 'running')).toMatchObject({ error: undefined });
  });

  it('clears the error of a task that is to run already, which is how a failed one is tried again', async () => {
    await stores().tasks.create(taskRecord('orders', { error: failure }));
    expect(await stores().tasks.setDesired('orders', 'running')).toMatchObject({ error: undefined });
  });

  it('restarts a paused, failed task in a new generation', async () => {
    await stores().tasks.create(taskRecord('orders', { desired: 'paused', generation: 4, error: failure }));
    const expected = { desired: 'running', generation: 5, error: undefined };
    expect(await stores().tasks.restart('orders')).toMatchObject(expected);
    expect(await stores().tasks.get('orders')).toMatchObject(expected);
  });

  it('numbers the checks that are asked for, whatever the task is doing', async () => {
    await stores().tasks.create(taskRecord('orders', { desired: 'paused' }));
    expect(await stores().tasks.check('orders', 'verify', undefined)).toMatchObject({
      check: { number: 1, kind: 'verify', tables: undefined },
      desired: 'paused',
    });
    await stores().tasks.check('orders', 'resync', ['a.b']);
    expect(await stores().tasks.get('orders')).toMatchObject({ check: { number: 2, kind: 'resync', tables: ['a.b'] } });
    await expect(stores().tasks.check('nobody', 'verify', undefined)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    await stores().tasks.drop('orders');
    await expect(stores().tasks.check('orders', 'verify', undefined)).rejects.toMatchObject({ code: 'TASK_DROPPING' });
  });

  it('drops, any number of times', async () => {
    await stores().tasks.create(taskRecord('orders', { desired: 'paused' }));
    expect(await stores().tasks.drop('orders')).toMatchObject({ desired: 'dropping' });
    expect(await stores().tasks.drop('orders')).toMatchObject({ desired: 'dropping' });
  });

  it('takes no other command for a task that is being dropped', async () => {
    await stores().tasks.create(taskRecord('orders'));
    await stores().tasks.drop('orders');
    const refused = { code: 'TASK_DROPPING' };
    await expect(stores().tasks.setDesired('orders', 'running')).rejects.toMatchObject(refused);
    await expect(stores().tasks.setDesired('orders', 'paused')).rejects.toMatchObject(refused);
    await expect(stores().tasks.restart('orders')).rejects.toMatchObject(refused);
    expect(await stores().tasks.get('orders')).toMatchObject({ desired: 'dropping', generation: 0 });
  });

  it('says of an unknown task that it is unknown, and creates nothing', async () => {
    const unknown = { code: 'TASK_NOT_FOUND' };
    await expect(stores().tasks.setDesired('nothing', 'paused')).rejects.toMatchObject(unknown);
    await expect(stores().tasks.restart('nothing')).rejects.toMatchObject(unknown);
    await expect(stores().tasks.drop('nothing')).rejects.toMatchObject(unknown);
    expect(await stores().tasks.get('nothing')).toBeUndefined();
  });

  it('counts every one of many simultaneous restarts', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const restarted = await Promise.all(Array.from({ length: 8 }, () => stores().tasks.restart('orders')));
    expect(restarted.map(({ generation }) => generation).sort()).toStrictEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('lets a drop win over every command given at the same time', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { tasks } = stores();
    await Promise.allSettled([
      tasks.setDesired('orders', 'paused'),
      tasks.restart('orders'),
      tasks.drop('orders'),
      tasks.setDesired('orders', 'running'),
      tasks.restart('orders'),
    ]);
    expect(await tasks.get('orders')).toMatchObject({ desired: 'dropping' });
  });

  it('leaves lease, epoch and progress to the worker', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { record } = await take(stores(), 'orders', 100);
    await stores().tasks.setDesired('orders', 'paused');
    await stores().tasks.restart('orders');
    const { progress, epoch } = record;
    expect(await stores().tasks.drop('orders')).toMatchObject({ progress, epoch, lease: lease('worker', 100) });
  });
}
