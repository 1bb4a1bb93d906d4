import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDbWorkerStore } from '../../../lib/dynamodb/dynamodb-worker-store.ts';
import { openTaskTable } from '../../../lib/dynamodb/task-table.ts';
import { databaseConnectors } from '../../../lib/connectors.ts';
import type { LoadOrder } from '../../../lib/store/load-order.ts';
import { runLoader } from '../../../lib/replication/load/loader.ts';
import type { Log } from '../../../lib/log.ts';
import { NO_METRICS } from '../../../lib/replication/session/metrics.ts';
import { runTask } from '../../../lib/replication/run/run.ts';
import type { Connectors } from '../../../lib/replication/endpoints/connectors.ts';
import { watchedSink } from '../../support/watched-sink.ts';
import { fastClock } from '../fast-clock.ts';
import type { Assignment, News } from './messages.ts';

/** A process that does what functions/replicate.ts and functions/load-chunks.ts do, and tells its parent of it. */

/** Shorter than a lease at any pace that is used: a parent that is busy must not cost it. Milliseconds. */
const SHOWN_FOR = 4_000;

const tell = (news: News): void => {
  if (process.connected) process.send?.(news);
};

const log: Log = (level, event, fields = {}) => {
  const texts = JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? String(value) : value));
  tell({ kind: 'log', level, event, fields: texts });
};

/** Shows a share of the windows to the parent: the worker waits until the parent has looked. */
const shownWindows =
  (share: number): Connectors['sink'] =>
  (spec, taskId, signal) =>
    watchedSink(databaseConnectors.sink(spec, taskId, signal), async () => {
      if (Math.random() >= share) return;
      tell({ kind: 'checkpoint' });
      const given = new AbortController();
      await Promise.race([
        once(process, 'message', { signal: given.signal }).catch(() => undefined),
        delay(SHOWN_FOR, undefined, { signal: given.signal }).catch(() => undefined),
      ]);
      given.abort();
    });

async function work({ task, order, table, pace, lifetime, shown }: Assignment): Promise<string> {
  const clock = fastClock(pace);
  const store = new DynamoDbWorkerStore(openTaskTable(table));
  const deps = {
    store,
    connectors: { ...databaseConnectors, sink: shownWindows(shown) },
    metrics: NO_METRICS,
    clock,
    log,
    owner: `storm/${process.pid}`,
  };
  const { signal } = new AbortController();
  const deadline = clock.now() + lifetime;
  if (order !== undefined) return (await runLoader(deps, order, deadline, signal)).outcome;
  const loaders = {
    start: (given: LoadOrder) => {
      tell({ kind: 'order', order: given });
      return Promise.resolve();
    },
  };
  return (await runTask({ ...deps, loaders }, task, deadline, signal)).outcome;
}

process.on('disconnect', () => process.exit());
const assignment = JSON.parse(process.argv[2] ?? '') as Assignment;
const outcome = await work(assignment).catch((error: unknown) => `threw ${String(error)}`);
process.send?.({ kind: 'ended', outcome } satisfies News, () => process.exit());
