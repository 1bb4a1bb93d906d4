import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { EventBridgeBus } from '../../lib/aws/event-bridge.ts';
import { systemClock } from '../../lib/clock.ts';
import { DynamoDbAnnouncementStore } from '../../lib/dynamodb/dynamodb-announcement-store.ts';
import { DynamoDbTaskStore } from '../../lib/dynamodb/dynamodb-task-store.ts';
import { DynamoDbWorkerStore } from '../../lib/dynamodb/dynamodb-worker-store.ts';
import type { TaskTable } from '../../lib/dynamodb/task-table.ts';
import { Announcer } from '../../lib/events/announcer.ts';
import { eventDetailSchema } from '../../lib/events/event-schema.ts';
import { newsOf } from '../../lib/news/task-news.ts';
import { LOCAL_CREDENTIALS, localAccess } from '../../localstack/local-credentials.ts';
import { type MiniStack, startMiniStack } from '../../localstack/ministack.ts';
import { failure, lease } from '../contracts/store-steps.ts';
import { createLocalTable } from '../support/local-table.ts';
import { taskRecord } from '../support/task-records.ts';
import { listed } from '../support/listed.ts';

let aws: MiniStack;
let dir: string;
let table: TaskTable;
let queueUrl: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'events-'));
  aws = await startMiniStack({ dir });
  for (const [name, value] of Object.entries({ ...LOCAL_CREDENTIALS, AWS_ENDPOINT_URL: aws.endpoint })) {
    vi.stubEnv(name, value);
  }
  table = await createLocalTable(aws.endpoint);
  ({ QueueUrl: queueUrl } = z.object({ QueueUrl: z.string() }).parse(await sqs('CreateQueue', { QueueName: 'heard' })));
  const events = new EventBridgeClient(localAccess(aws.endpoint));
  await events.send(new PutRuleCommand({ Name: 'all', EventPattern: JSON.stringify({ source: ['matrixone.cdc'] }) }));
  const Arn = 'arn:aws:sqs:us-east-1:000000000000:heard';
  await events.send(new PutTargetsCommand({ Rule: 'all', Targets: [{ Id: 'heard', Arn }] }));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
  await rm(dir, { recursive: true });
});

async function sqs(action: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` };
  const answer = await fetch(aws.endpoint, {
    method: 'POST',
    headers: { ...headers, authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request' },
    body: JSON.stringify(body),
  });
  return await answer.json();
}

const received = z.object({ Messages: z.array(z.object({ Body: z.string(), ReceiptHandle: z.string() })).default([]) });
const delivered = z.object({
  source: z.literal('matrixone.cdc'),
  'detail-type': z.string(),
  time: z.string(),
  detail: eventDetailSchema,
});

/** Takes all events from the queue. */
async function heard() {
  const found = [];
  for (;;) {
    const request = { QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 };
    const { Messages } = received.parse(await sqs('ReceiveMessage', request));
    if (Messages.length === 0) return found;
    for (const { Body, ReceiptHandle } of Messages) {
      found.push(delivered.parse(JSON.parse(Body)));
      await sqs('DeleteMessage', { QueueUrl: queueUrl, ReceiptHandle });
    }
  }
}

it('what becomes of a task comes to a queue that a rule of the default bus fills', async () => {
  const tasks = new DynamoDbTaskStore(table);
  const workers = new DynamoDbWorkerStore(table);
  const announcements = new DynamoDbAnnouncementStore(table);
  const deps = { tasks, announcements, bus: new EventBridgeBus(), clock: systemClock, stage: 'test' };
  const announcer = new Announcer(deps);
  const record = taskRecord('orders', { createdAt: Date.now(), runningSince: Date.now() });
  await tasks.create(record);
  await announcer.announce('orders', record.id);
  const acquired = await workers.acquire('orders', lease('worker', Date.now() + 60_000), Date.now());
  if (acquired.outcome !== 'acquired') throw new Error(acquired.outcome);
  const aside = Object.fromEntries(
    Array.from({ length: 25 }, (_, i) => [
      `shop.t${i}`,
      { code: 'SINK_DUPLICATE_KEY', message: 'No.', action: 'Look.', at: i, check: 0 } as const,
    ]),
  );
  await workers.saveProgress(acquired.key, { ...record.progress, aside }, Date.now() + 60_000);
  await workers.saveError(acquired.key, { ...failure, retry: false });
  await announcer.announce('orders', record.id);
  const events = await heard();
  expect(events.map((event) => event['detail-type']).sort()).toEqual(
    ['Task Created', 'Task Failed', ...Array.from({ length: 25 }, () => 'Table Set Aside')].sort(),
  );
  expect(new Set(events.map(({ detail }) => detail.id)).size).toBe(27);
  await workers.remove(acquired.key);
  await announcer.announce('orders', record.id);
  expect(await heard()).toMatchObject([
    { 'detail-type': 'Task Dropped', detail: { state: null, task: { id: record.id, name: 'orders' } } },
  ]);
  expect(await announcements.list()).toEqual(new Map());
  expect(await listed(tasks.list())).toEqual([]);
});

it('announcements are stored by their version, and are no tasks', async () => {
  const announcements = new DynamoDbAnnouncementStore(table);
  const { told } = newsOf(undefined, taskRecord('a'), 0);
  const first = { version: 1, told, unsent: [{ kind: 'created', at: 1, state: 'running' }] } as const;
  const id = 'some-id';
  expect(await announcements.save(id, first, 1)).toBe(false);
  expect(await announcements.save(id, first, 0)).toBe(true);
  expect(await announcements.save(id, first, 0)).toBe(false);
  expect(await announcements.get(id)).toEqual(first);
  expect(await announcements.save(id, { ...first, unsent: [] }, 1)).toBe(true);
  expect(await announcements.list()).toEqual(new Map([[id, { ...first, unsent: [] }]]));
  await announcements.remove(id, 2);
  expect(await announcements.get(id)).toBeDefined();
  expect(await listed(new DynamoDbTaskStore(table).list())).toEqual([]);
  await announcements.remove(id, 1);
  expect(await announcements.get(id)).toBeUndefined();
});

it('no EventBridge is an error within seconds', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
  const event = { source: 'matrixone.cdc', type: 'Task Created', at: 0, detail: { id: '1' } };
  await expect(new EventBridgeBus().send([event])).rejects.toThrow('ECONNREFUSED');
  vi.stubEnv('AWS_ENDPOINT_URL', aws.endpoint);
});
