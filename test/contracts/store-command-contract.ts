import { expect, it } from 'vitest';
import { taskRecord } from '../support/task-records.ts';
import { selectionOf, readTableKey } from '../../lib/task/task.ts';
import type { TaskRecord } from '../../lib/record/task-record.ts';
import { position } from '../../lib/data/position.ts';
import type { Stores } from './store-contract.ts';
import { failure, lease, midway, take } from './store-steps.ts';

const MAPPING = { source: { database: 'shop', table: 'items' }, sink: { database: 'shop', table: 'items' } };

async function seenTask({ tasks }: Stores): Promise<TaskRecord> {
  const record = await tasks.get('orders');
  if (record === undefined) throw new Error('The task is gone.');
  return record;
}

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

  it('notes since when a task is to run: since it was created, resumed or restarted last, and not since a pause', async () => {
    await stores().tasks.create(taskRecord('orders', { runningSince: 7 }));
    expect(await stores().tasks.setDesired('orders', 'paused')).toMatchObject({ runningSince: 7 });
    const before = Date.now();
    const { runningSince: resumed } = await stores().tasks.setDesired('orders', 'running');
    expect(resumed).toBeGreaterThanOrEqual(before);
    await expect.poll(() => Date.now()).toBeGreaterThan(resumed);
    expect((await stores().tasks.restart('orders')).runningSince).toBeGreaterThan(resumed);
  });

  it('numbers the checks that are asked for, whatever the task is doing', async () => {
    await stores().tasks.create(taskRecord('orders', { desired: 'paused' }));
    expect(await stores().tasks.check('orders', 'verify', undefined)).toMatchObject({
      check: { number: 1, kind: 'verify', tables: undefined },
      desired: 'paused',
    });
    await stores().tasks.check('orders', 'resync', [readTableKey('a.b')]);
    expect(await stores().tasks.get('orders')).toMatchObject({ check: { number: 2, kind: 'resync', tables: ['a.b'] } });
    await expect(stores().tasks.check('nobody', 'verify', undefined)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    await stores().tasks.drop('orders');
    await expect(stores().tasks.check('orders', 'verify', undefined)).rejects.toMatchObject({ code: 'TASK_DROPPING' });
  });

  it('edits a task that is as it was seen, and keeps what its progress is of', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const seen = await seenTask(stores());
    const first = { ...seen.spec, tables: [...seen.spec.tables, MAPPING] };
    const edited = { spec: first, edits: 1, selection: 1, before: selectionOf(seen.spec) };
    expect(await stores().tasks.edit(seen, first)).toMatchObject(edited);
    const again = await seenTask(stores());
    expect(again).toMatchObject(edited);
    const options = { ...first.options, pollIntervalMs: 777 };
    expect(await stores().tasks.edit(again, { ...first, options })).toMatchObject({ edits: 2, selection: 1 });
    // The progress is still of the first selection of all.
    const second = { ...first, tables: [MAPPING] };
    const last = { spec: second, edits: 3, selection: 2, before: selectionOf(seen.spec) };
    expect(await stores().tasks.edit(await seenTask(stores()), second)).toMatchObject(last);
  });

  it('does not edit a task that has changed since it was seen', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const seen = await seenTask(stores());
    const one = { ...seen.spec, tables: [...seen.spec.tables, MAPPING] };
    await stores().tasks.edit(seen, one);
    await expect(stores().tasks.edit(seen, one)).rejects.toMatchObject({ code: 'TASK_EDIT_CONFLICT' });
    const { key } = await take(stores(), 'orders', 100);
    const behind = await seenTask(stores());
    await stores().workers.saveProgress(key, { ...midway, pending: undefined, selection: 1 }, 200, 1);
    await expect(stores().tasks.edit(behind, seen.spec)).rejects.toMatchObject({ code: 'TASK_EDIT_CONFLICT' });
    await stores().tasks.drop('orders');
    const dropping = await seenTask(stores());
    await expect(stores().tasks.edit(dropping, seen.spec)).rejects.toMatchObject({ code: 'TASK_DROPPING' });
    const nobody = taskRecord('nobody');
    await expect(stores().tasks.edit(nobody, nobody.spec)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
  });

  it('does not change what is copied while a worker takes an earlier edit over, but how', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    const { spec } = await stores().tasks.edit(await seenTask(stores()), {
      ...(await seenTask(stores())).spec,
      tables: [MAPPING],
    });
    const pending = { number: 8, until: { name: 'p', ts: position('1') }, selection: 1 };
    await stores().workers.saveProgress(key, { ...midway, pending }, 200, 1);
    const seen = await seenTask(stores());
    const other = { ...spec, tables: [...spec.tables, { ...MAPPING, source: { database: 'x', table: 'y' } }] };
    await expect(stores().tasks.edit(seen, other)).rejects.toMatchObject({ code: 'TASK_EDIT_UNDER_WAY', retry: true });
    const options = { ...spec.options, pollIntervalMs: 777 };
    expect(await stores().tasks.edit(seen, { ...spec, options })).toMatchObject({ edits: 2, selection: 1 });
  });

  it('lets no worker take over a selection that is not the task’s any more', async () => {
    await stores().tasks.create(taskRecord('orders'));
    const { key } = await take(stores(), 'orders', 100);
    const seen = await seenTask(stores());
    await stores().tasks.edit(seen, { ...seen.spec, tables: [MAPPING] });
    await expect(stores().workers.saveProgress(key, midway, 200, 0)).rejects.toMatchObject({ code: 'TASK_EDITED' });
    expect((await seenTask(stores())).progress.window).toBe(0);
    await stores().workers.saveProgress(key, midway, 200);
    expect((await seenTask(stores())).progress.window).toBe(midway.window);
  });

  it('drops, any number of times', async () => {
    await stores().tasks.create(taskRecord('orders', { desired: 'paused' }));
    expect(await stores().tasks.drop('orders')).toMatchObject({ desired: 'dropping' });
    expect(await stores().tasks.drop('orders')).toMatchObject({ desired: 'dropping' });
  });

  it('forces a drop, also one that was asked for before, and does not take that back', async () => {
    await stores().tasks.create(taskRecord('orders'));
    expect(await stores().tasks.drop('orders')).toMatchObject({ desired: 'dropping', forced: false });
    expect(await stores().tasks.drop('orders', true)).toMatchObject({ desired: 'dropping', forced: true });
    expect(await stores().tasks.drop('orders')).toMatchObject({ desired: 'dropping', forced: true });
    await stores().tasks.create(taskRecord('others', { desired: 'paused' }));
    expect(await stores().tasks.drop('others', true)).toMatchObject({ desired: 'dropping', forced: true });
    await expect(stores().tasks.drop('nothing', true)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
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
