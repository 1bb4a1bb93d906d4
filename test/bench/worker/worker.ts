import { systemClock } from '../../../lib/clock.ts';
import { databaseConnectors } from '../../../lib/connectors.ts';
import { NO_METRICS } from '../../../lib/replication/session/metrics.ts';
import type { Connectors } from '../../../lib/replication/endpoints/connectors.ts';
import type { Progress } from '../../../lib/record/progress.ts';
import { runTask, type RunReport } from '../../../lib/replication/run/run.ts';
import type { WorkerStore } from '../../../lib/store/task-store.ts';
import { type News, type Order, wallClock } from './messages.ts';
import { peakMemory } from './peak-memory.ts';
import { type OpenedStore, openStore } from './stores.ts';

/** A process that does what functions/replicate.ts does, and tells its parent when what has happened. */
const DAY = 24 * 3_600_000;

let opened: OpenedStore | undefined;
let taskName = '';
let running = Promise.resolve();
let controller = new AbortController();

const tell = (news: News): void => {
  process.send?.(news);
};

async function obey(order: Order): Promise<void> {
  switch (order.kind) {
    case 'run':
      opened = openStore(order.store);
      taskName = order.record.spec.name;
      if ((await opened.tasks.get(taskName)) === undefined) await opened.tasks.create(order.record);
      running = run(opened);
      return;
    case 'stop':
      await cutOff();
      tell({ kind: 'stopped', record: await opened?.tasks.get(taskName) });
      return;
    case 'drop':
      await cutOff();
      await drop();
      tell({ kind: 'dropped' });
      return;
    case 'usage':
      tell({
        kind: 'usage',
        usage: { ...(opened?.requests ?? { reads: 0, writes: 0 }), peakMemory: peakMemory() },
      });
  }
}

async function run({ tasks, workers }: OpenedStore): Promise<void> {
  tell({ kind: 'started', at: wallClock() });
  const report = await work(watched(workers));
  const at = wallClock();
  const error = (await tasks.get(taskName))?.error;
  tell({ kind: 'ended', at, report, error: error === undefined ? undefined : `${error.code}: ${error.message}` });
}

/** One worker alone. */
const loaders = { start: () => Promise.resolve() };

const work = async (store: WorkerStore): Promise<RunReport> =>
  await runTask(
    {
      store,
      connectors,
      loaders,
      clock: systemClock,
      log: () => undefined,
      metrics: NO_METRICS,
      owner: `bench/${process.pid}`,
    },
    taskName,
    systemClock.now() + DAY,
    controller.signal,
  );

async function cutOff(): Promise<void> {
  controller.abort(new Error('The benchmark has seen enough.'));
  await running;
}

async function drop(): Promise<void> {
  if (opened === undefined || (await opened.tasks.get(taskName)) === undefined) return;
  await opened.tasks.drop(taskName);
  controller = new AbortController();
  const { outcome } = await work(opened.workers);
  if (outcome !== 'dropped') throw new Error(`The task was to be dropped and is ${outcome}.`);
}

/** Tells of every step of the progress, once it is stored. */
function watched(store: WorkerStore): WorkerStore {
  const saveProgress = store.saveProgress.bind(store);
  return new Proxy(store, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== 'function') return member;
      if (property !== 'saveProgress') return member.bind(target) as unknown;
      return async (...args: Parameters<typeof saveProgress>): Promise<void> => {
        await saveProgress(...args);
        tell({ kind: 'progress', at: wallClock(), step: stepOf(args[1]) });
      };
    },
  });
}

const stepOf = ({ phase, window, pending, rowsLoaded, rowsApplied }: Progress) => ({
  phase,
  window,
  pending: pending !== undefined,
  rowsLoaded,
  rowsApplied,
});

/** Tells of every pin, once it is made. */
const connectors: Connectors = {
  ...databaseConnectors,
  source: (spec, signal) => {
    const source = databaseConnectors.source(spec, signal);
    const createPin = source.createPin.bind(source);
    return Object.assign(source, {
      createPin: async (...args: Parameters<typeof createPin>) => {
        const askedAt = wallClock();
        const pin = await createPin(...args);
        tell({ kind: 'pin', askedAt, at: wallClock() });
        return pin;
      },
    });
  },
};

// An interrupt at the terminal reaches the whole group: the parent alone decides what ends when.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});
