import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import { LambdaLoaderStarter } from '../lib/aws/lambda-loader-starter.ts';
import { EventBridgeBus } from '../lib/aws/event-bridge.ts';
import { AwsSecrets } from '../lib/aws/secrets.ts';
import { systemClock } from '../lib/clock.ts';
import { readConfig, readEventsConfig, readMetricsConfig, readSecretPrefix } from '../lib/config.ts';
import { DynamoDbAnnouncementStore } from '../lib/dynamodb/dynamodb-announcement-store.ts';
import { DynamoDbTaskStore } from '../lib/dynamodb/dynamodb-task-store.ts';
import { DynamoDbWorkerStore } from '../lib/dynamodb/dynamodb-worker-store.ts';
import { openTaskTable } from '../lib/dynamodb/task-table.ts';
import { CdcError } from '../lib/errors.ts';
import { Announcer } from '../lib/events/announcer.ts';
import { ChangeQueue } from '../lib/events/change-queue.ts';
import { withChangesHeard } from '../lib/events/watched-store.ts';
import { createLog, withRequestId } from '../lib/logger.ts';
import { connectorsWith } from '../lib/connectors.ts';
import { EmfWorkerMetrics } from '../lib/metrics/emf-worker-metrics.ts';
import { runTask, type RunReport } from '../lib/replication/run/run.ts';
import { withSecretsRemoved } from '../lib/store/secret-stores.ts';

/** The event that the schedule and the commands send; see WorkerStarter. */
interface Order {
  readonly taskName: string;
}

/** The worker stops by itself this long before its time is up, between two transactions. Milliseconds. */
const MARGIN_MS = 10_000;
/**
 * If the worker has not stopped, everything under way is cut off this long before its time is up. Otherwise Lambda
 * would freeze it, and a later invocation would thaw it. Milliseconds.
 */
const LAST_RESORT_MS = 3_000;
/** At its end, a worker waits so long for events that are under way; the next tick sends what is left. Milliseconds. */
const EVENTS_MS = 2_000;

const log = createLog({ function: 'replicate' });
const metrics = new EmfWorkerMetrics({ ...readMetricsConfig(), clock: systemClock });
const config = readConfig();
const secrets = new AwsSecrets(readSecretPrefix());
const table = openTaskTable(config.tableName);
const events = openEvents();
const workerStore = withSecretsRemoved(new DynamoDbWorkerStore(table), secrets);
const store = events === undefined ? workerStore : withChangesHeard(workerStore, events);
const connectors = connectorsWith(secrets);
const loaders = new LambdaLoaderStarter(config.loaderFunction);

/** Replicates one task until shortly before the time of the invocation is up. */
export const handler = middy<Order, RunReport>({
  timeoutEarlyInMillis: LAST_RESORT_MS,
  timeoutEarlyResponse: () => {
    throw new CdcError('INTERNAL', 'The worker did not stop in time and was cut off.');
  },
}).handler((order, context, { signal }) =>
  withRequestId(context.awsRequestId, async () => {
    const deadline = systemClock.now() + context.getRemainingTimeInMillis() - MARGIN_MS;
    // Lambda may deliver an event twice with the same request id, so add a random part.
    const owner = `${context.awsRequestId}/${randomUUID().slice(0, 8)}`;
    const deps = { store, connectors, loaders, clock: systemClock, log, metrics, owner };
    const report = await runTask(deps, taskNameOf(order), deadline, signal);
    log('info', 'replicate.ended', { task: order.taskName, ...report });
    await events?.settled(EVENTS_MS);
    return report;
  }),
);

function openEvents(): ChangeQueue | undefined {
  const found = readEventsConfig();
  if (found === undefined) return undefined;
  const deps = { tasks: new DynamoDbTaskStore(table), bus: new EventBridgeBus(), clock: systemClock, ...found };
  return new ChangeQueue(new Announcer({ ...deps, announcements: new DynamoDbAnnouncementStore(table) }), log);
}

function taskNameOf(order: Partial<Order>): string {
  if (typeof order.taskName === 'string' && order.taskName !== '') return order.taskName;
  throw new CdcError('REQUEST_INVALID', 'The worker needs an event of the form {"taskName": "…"}.');
}
