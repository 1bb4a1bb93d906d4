import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import type { LoadEvent } from '../lib/aws/lambda-loader-starter.ts';
import { AwsSecrets } from '../lib/aws/secrets.ts';
import { systemClock } from '../lib/clock.ts';
import { readConfig, readMetricsConfig, readSecretPrefix } from '../lib/config.ts';
import { DynamoDbWorkerStore } from '../lib/dynamodb/dynamodb-worker-store.ts';
import { openTaskTable } from '../lib/dynamodb/task-table.ts';
import { CdcError } from '../lib/errors.ts';
import { createLog, withRequestId } from '../lib/logger.ts';
import { connectorsWith } from '../lib/connectors.ts';
import { EmfWorkerMetrics } from '../lib/metrics/emf-worker-metrics.ts';
import type { LoadOrder } from '../lib/store/load-order.ts';
import { runLoader, type LoaderReport } from '../lib/replication/load/loader.ts';

/**
 * As in replicate.ts: the loader stops by itself `MARGIN_MS` before its time is up, between two chunks. If it has not
 * stopped, it is cut off `LAST_RESORT_MS` before. Milliseconds.
 */
const MARGIN_MS = 10_000;
const LAST_RESORT_MS = 3_000;

const log = createLog({ function: 'load-chunks' });
const metrics = new EmfWorkerMetrics({ ...readMetricsConfig(), clock: systemClock });
const connectors = connectorsWith(new AwsSecrets(readSecretPrefix()));
const store = new DynamoDbWorkerStore(openTaskTable(readConfig().tableName));

/** Runs one loader for the load of a task. The task's worker sends the events. */
export const handler = middy<LoadEvent, LoaderReport>({
  timeoutEarlyInMillis: LAST_RESORT_MS,
  timeoutEarlyResponse: () => {
    throw new CdcError('INTERNAL', 'The loader did not stop in time and was cut off.');
  },
}).handler((event, context, { signal }) =>
  withRequestId(context.awsRequestId, async () => {
    const deadline = systemClock.now() + context.getRemainingTimeInMillis() - MARGIN_MS;
    const owner = `${context.awsRequestId}/${randomUUID().slice(0, 8)}`;
    const deps = { store, connectors, clock: systemClock, log, metrics, owner };
    const report = await runLoader(deps, orderOf(event), deadline, signal);
    log('info', 'load-chunks.ended', { task: event.taskName, place: event.place, ...report });
    return report;
  }),
);

function orderOf({ taskName, taskId, epoch, place }: Partial<LoadEvent>): LoadOrder {
  const isOrder = typeof taskName === 'string' && typeof taskId === 'string' && isCount(epoch) && isCount(place);
  if (isOrder) return { key: { name: taskName, id: taskId, epoch }, place };
  throw new CdcError(
    'REQUEST_INVALID',
    'The loader needs an event of the form {"taskName": "…", "taskId": "…", "epoch": 1, "place": 1}.',
  );
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
