import { expect, it } from 'vitest';
import { startWorkers } from '../../../lib/task/start-workers.ts';
import type { TaskRecord } from '../../../lib/task/task-record.ts';
import type { WorkerStarter } from '../../../lib/task/worker-starter.ts';
import { failure } from '../../contracts/store-steps.ts';
import { taskRecord } from '../../support/task-records.ts';

const NOW = 1_000_000;
const never = new AbortController().signal;

async function tick(tasks: TaskRecord[], start: WorkerStarter['start'], signal = never) {
  const events: string[] = [];
  const report = await startWorkers(
    {
      store: { list: () => Promise.resolve(tasks) },
      starter: { start },
      clock: { now: () => NOW, sleep: () => Promise.resolve() },
      log: (level, event) => events.push(`${level} ${event}`),
    },
    signal,
  );
  return { report, events };
}

const leaseFor = (milliseconds: number) => ({
  owner: 'worker',
  until: NOW + 25_000,
  runsUntil: NOW + milliseconds,
});

it('starts a worker for those tasks that need one', async () => {
  const started: string[] = [];
  const tasks = [
    taskRecord('new'),
    taskRecord('paused', { desired: 'paused' }),
    taskRecord('dropping', { desired: 'dropping' }),
    taskRecord('failed', { error: failure }),
    taskRecord('retrying', { error: { ...failure, retry: true } }),
    taskRecord('held', { lease: leaseFor(600_000) }),
    taskRecord('ending', { lease: leaseFor(30_000) }),
    taskRecord('dead', { lease: { owner: 'worker', until: NOW - 1, runsUntil: NOW + 600_000 } }),
  ];
  const { report, events } = await tick(tasks, (name) => {
    started.push(name);
    return Promise.resolve();
  });
  expect(started).toStrictEqual(['new', 'dropping', 'retrying', 'ending', 'dead']);
  expect(report).toStrictEqual({ tasks: 8, started: 5, failed: 0 });
  expect(events).toStrictEqual(['info tick.ended']);
});

it('starts the others when one cannot be started', async () => {
  const tasks = ['a', 'b', 'c'].map((name) => taskRecord(name));
  const { report, events } = await tick(tasks, (name) =>
    name === 'b' ? Promise.reject(new Error('Rate exceeded')) : Promise.resolve(),
  );
  expect(report).toStrictEqual({ tasks: 3, started: 2, failed: 1 });
  expect(events).toStrictEqual(['error tick.start-failed', 'error tick.ended']);
});

it('starts a bounded number at the same time, and all of them in the end', async () => {
  let [running, most] = [0, 0];
  const tasks = Array.from({ length: 100 }, (_, number) => taskRecord(`t${number}`));
  const { report } = await tick(tasks, async () => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
  });
  expect(report).toStrictEqual({ tasks: 100, started: 100, failed: 0 });
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(16);
});

it('counts what it had no time for as failed', async () => {
  const { report } = await tick([taskRecord('a')], () => Promise.resolve(), AbortSignal.abort());
  expect(report).toStrictEqual({ tasks: 1, started: 0, failed: 1 });
});
