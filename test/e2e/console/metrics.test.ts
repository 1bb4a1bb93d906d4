import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createSignedFetch } from '../../../lib/aws/signed-fetch.ts';
import { openMetrics } from '../../../lib/cli/client/open-metrics.ts';
import { NAMESPACE, type TaskMetric } from '../../../lib/metrics/metric-names.ts';
import { LOCAL_CREDENTIALS } from '../../../localstack/local-credentials.ts';
import { type MiniStack, startMiniStack } from '../../../localstack/ministack.ts';
import { violations } from '../../support/console/axe.ts';
import { ConsoleWorld, withConsole } from '../../support/console/console-world.ts';
import { sampleTask } from '../../support/console/sample-tasks.ts';

const MINUTE = 60_000;

let dir: string;
let aws: MiniStack;
let world: ConsoleWorld;
withConsole((started) => {
  world = started;
});
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mo-cdc-metrics-'));
  aws = await startMiniStack({ dir });
  for (const [name, value] of Object.entries(LOCAL_CREDENTIALS)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
  await rm(dir, { recursive: true, force: true });
});

const open = (now?: () => number) =>
  openMetrics({ stage: 'prod' }, 'http://127.0.0.1:1', { AWS_ENDPOINT_URL: aws.endpoint }, now);

/** Puts metrics as CloudWatch takes them from the tick's log. */
async function put(task: string, values: readonly (readonly [at: number, metric: TaskMetric, value: number])[]) {
  const MetricData = values.map(([at, MetricName, Value]) => ({
    ...{ MetricName, Value, Timestamp: at / 1_000 },
    Dimensions: [
      { Name: 'Stage', Value: 'prod' },
      { Name: 'Task', Value: task },
    ],
  }));
  const response = await createSignedFetch({}, 'monitoring')(new URL(aws.endpoint), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData',
    },
    body: JSON.stringify({ Namespace: NAMESPACE, MetricData }),
  });
  expect(response.status).toBe(200);
}

it('plots the last hour from CloudWatch, and then what the page sees', async () => {
  const now = Date.now();
  const minute = Math.floor(now / MINUTE) * MINUTE;
  await put(
    'orders',
    Array.from({ length: 90 }, (_, back) => back + 1).flatMap((back) => [
      [minute - back * MINUTE, 'TaskLag', back === 30 ? 777 : 2] as const,
      [minute - back * MINUTE, 'TaskRows', 1_200_000 - back * 600] as const,
    ]),
  );
  await put('other', [[minute - MINUTE, 'TaskLag', 9_999]]);
  const read = await open();
  const { points, why } = await read('orders');
  expect(why).toBeNull();
  expect(points.length).toBeGreaterThanOrEqual(58);
  expect(points.length).toBeLessThanOrEqual(60);
  expect(points.at(-1)).toEqual({ at: minute - MINUTE, lagMs: 2_000, rows: 1_199_400 });
  world.metrics = read;
  world.api.add(sampleTask('orders', now));
  const page = await world.open('/task/orders');
  // Already with the first look at the task.
  await page.getByText('Lag in seconds: now 0.8, at most 777').waitFor();
  await page.getByText(/^Rows per second: now 10, at most 10$/u).waitFor();
  await page
    .getByText(/^Before .* from CloudWatch, minute by minute; since then what this page has seen\.$/u)
    .waitFor();
  expect(await violations(page)).toEqual([]);
});

it.each([
  ['none', 'CloudWatch has no metrics of this task: a deployment has them with taskMetrics=on.'],
  ['denied', 'CloudWatch does not let you read its metrics: you lack the right cloudwatch:GetMetricData.'],
  ['off', 'There is no CloudWatch to ask: this API is not in AWS.'],
] as const)('says why it shows only what it has seen: %s', async (why, text) => {
  const asked: string[] = [];
  const read = await open();
  world.metrics = (task) => {
    asked.push(task);
    return why === 'none' ? read('nobody') : Promise.resolve({ points: [], why });
  };
  world.api.add(sampleTask('orders', Date.now()));
  const page = await world.open('/task/orders');
  await page.getByText('The plot begins when').waitFor();
  await ConsoleWorld.look(page);
  await page.getByText(`It forgets that when it is closed. ${text}`).waitFor();
  expect(asked).toEqual(['orders']);
});
