import middy from '@middy/core';
import type { ScheduledEvent } from 'aws-lambda';
import { EventBridgeBus } from '../lib/aws/event-bridge.ts';
import { LambdaWorkerStarter } from '../lib/aws/lambda-worker-starter.ts';
import { systemClock } from '../lib/clock.ts';
import { readConfig, readEventsConfig, readMetricsConfig } from '../lib/config.ts';
import { DynamoDbAnnouncementStore } from '../lib/dynamodb/dynamodb-announcement-store.ts';
import { DynamoDbTaskStore } from '../lib/dynamodb/dynamodb-task-store.ts';
import { openTaskTable } from '../lib/dynamodb/task-table.ts';
import { CdcError } from '../lib/errors.ts';
import { Announcer } from '../lib/events/announcer.ts';
import { Sweep } from '../lib/events/sweep.ts';
import { createLog, withRequestId } from '../lib/logger.ts';
import { EmfTickMetrics } from '../lib/metrics/emf-tick-metrics.ts';
import { tick } from '../lib/schedule/tick.ts';
import type { TickReport } from '../lib/schedule/start-workers.ts';

const config = readConfig();
const log = createLog({ function: 'tick' });
const metrics = new EmfTickMetrics({ ...readMetricsConfig(), clock: systemClock });
let unreadable = 0;
// Skip a task that cannot be read: the other tasks still need their workers.
const table = openTaskTable(config.tableName);
const store = new DynamoDbTaskStore(table, (error) => {
  unreadable += 1;
  log('error', 'tick.task-unreadable', { error });
});
const starter = new LambdaWorkerStarter(config.workerFunction);
const announce = openEvents();

/** Runs every minute. Fails when a worker could not be started, so that the function's errors show it. */
export const handler = middy<ScheduledEvent, TickReport>({ timeoutEarlyInMillis: 2_000 }).handler(
  (_event, { awsRequestId }, { signal }) =>
    withRequestId(awsRequestId, async () => {
      unreadable = 0;
      const deps = { store, starter, clock: systemClock, log, metrics, unreadable: () => unreadable, announce };
      const report = await tick(deps, signal);
      if (report.failed === 0) return report;
      throw new CdcError('INTERNAL', `${report.failed} of ${report.started + report.failed} workers did not start.`);
    }),
);

function openEvents() {
  const found = readEventsConfig();
  if (found === undefined) return undefined;
  const announcements = new DynamoDbAnnouncementStore(table);
  const deps = { tasks: new DynamoDbTaskStore(table), bus: new EventBridgeBus(), clock: systemClock, ...found };
  const announcer = new Announcer({ ...deps, announcements });
  return () => Sweep.begin({ announcer, announcements, clock: systemClock, log });
}
