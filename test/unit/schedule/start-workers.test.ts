import { expect, it } from 'vitest';
import { startWorkers } from '../../../lib/schedule/start-workers.ts';
import { briefOf } from '../../../lib/record/brief/task-brief.ts';
import type { TaskRecord } from '../../../lib/record/task-record.ts';
import type { WorkerStarter } from '../../../lib/store/worker-starter.ts';
import { failure } from '../../contracts/store-steps.ts';
import { taskRecord } from '../../support/task-records.ts';
import { listOf } from '../../support/listed.ts';

const NOW = 1_000_000;
const never = new AbortController().signal;

async function tick(tasks: TaskRecord[], start: WorkerStarter['start'], signal = never, random = Math.random) {
  const events: string[] = [];
  const waits: number[] = [];
  const report = await startWorkers(
    {
      store: { list: () => listOf(tasks.map(briefOf)) },
      starter: { start },
      clock: {
        now: () => NOW,
        sleep: (milliseconds) => {
          waits.push(milliseconds);
          return Promise.resolve();
        },
      },
      random,
      log: (level, event) => events.push(`${level} ${event}`),
    },
    signal,
  );
  return { report, events, waits };
}

const many = (count: number): TaskRecord[] => Array.from({ length: count }, (_, number) => taskRecord(`t${number}`));

/** The same numbers in every run (Lehmer). */
const seeded = (): (() => number) => {
  let state = 4_711;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

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
  expect(started.sort()).toStrictEqual(['dead', 'dropping', 'ending', 'new', 'retrying']);
  expect(report).toStrictEqual({ tasks: 8, started: 5, failed: 0 });
  expect(events).toStrictEqual(['info tick.ended']);
});

it('starts a worker of an idle adaptive task each time, but no successor for one that will end by itself', async () => {
  const TEN_MINUTES = 600_000;
  const adaptive = (name: string, quiet: number, lease?: TaskRecord['lease']) => {
    const task = taskRecord(name, { lease, runningSince: NOW - 2 * TEN_MINUTES });
    const options = { ...task.spec.options, mode: 'adaptive', idleAfterMs: TEN_MINUTES } as const;
    const progress = { ...task.progress, phase: 'window', progressAt: NOW, changedAt: NOW - quiet } as const;
    return { ...task, spec: { ...task.spec, options }, progress };
  };
  const started: string[] = [];
  const tasks = [
    adaptive('idle', 2 * TEN_MINUTES),
    adaptive('looking', 2 * TEN_MINUTES, leaseFor(850_000)),
    adaptive('awake', 1_000, leaseFor(600_000)),
    adaptive('awake and ending', 1_000, leaseFor(30_000)),
    adaptive('soon idle', TEN_MINUTES - 20_000, leaseFor(30_000)),
    adaptive('idle with an old worker', 2 * TEN_MINUTES, leaseFor(30_000)),
  ];
  await tick(tasks, (name) => {
    started.push(name);
    return Promise.resolve();
  });
  expect(started.sort()).toStrictEqual(['awake and ending', 'idle']);
});

it('starts the others when one cannot be started, and tries that one again', async () => {
  const tasks = ['a', 'b', 'c'].map((name) => taskRecord(name));
  const { report, events, waits } = await tick(tasks, (name) =>
    name === 'b' ? Promise.reject(new Error('Rate exceeded')) : Promise.resolve(),
  );
  expect(report).toStrictEqual({ tasks: 3, started: 2, failed: 1 });
  expect(events).toStrictEqual([...Array<string>(3).fill('error tick.start-failed'), 'error tick.ended']);
  expect(waits).toHaveLength(2);
  for (const milliseconds of waits) expect(milliseconds).toBeGreaterThanOrEqual(500);
});

it('starts in the same tick what was refused for a moment, and each task once', async () => {
  const started: string[] = [];
  let refused = 0;
  const { report } = await tick(many(200), (name) => {
    if (++refused <= 150) return Promise.reject(new Error('Rate exceeded'));
    started.push(name);
    return Promise.resolve();
  });
  expect(report).toStrictEqual({ tasks: 200, started: 200, failed: 0 });
  expect(new Set(started).size).toBe(started.length);
});

it.each([200, 2_000])('starts %i tasks with as many calls, a bounded number at the same time', async (count) => {
  let [running, most, calls] = [0, 0, 0];
  const { report } = await tick(many(count), async () => {
    calls++;
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
  });
  expect(report).toStrictEqual({ tasks: count, started: count, failed: 0 });
  expect(calls).toBe(count);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(16);
});

it('leaves nobody waiting for ever where a tick has the time for some of them only', async () => {
  const tasks = many(200);
  const seen = new Set<string>();
  let ticks = 0;
  const noise = seeded();
  while (seen.size < tasks.length && ticks < 60) {
    ticks += 1;
    const end = new AbortController();
    let started = 0;
    const { report } = await tick(
      tasks,
      (name) => {
        seen.add(name);
        if (++started === 50) end.abort();
        return Promise.resolve();
      },
      end.signal,
      noise,
    );
    expect(report.started + report.failed).toBe(200);
    expect(report.started).toBeGreaterThanOrEqual(50);
    expect(report.started).toBeLessThan(66);
  }
  expect(seen.size).toBe(tasks.length);
  expect(ticks).toBeGreaterThan(3);
});

it('counts what it had no time for as failed', async () => {
  const { report } = await tick([taskRecord('a')], () => Promise.resolve(), AbortSignal.abort());
  expect(report).toStrictEqual({ tasks: 1, started: 0, failed: 1 });
});
