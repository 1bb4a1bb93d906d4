import { mkdtemp, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DynamoDbAnnouncementStore } from '../../../lib/dynamodb/dynamodb-announcement-store.ts';
import { DynamoDbWorkerStore } from '../../../lib/dynamodb/dynamodb-worker-store.ts';
import type { ApiHandler } from '../../../lib/http/api-handler.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { position } from '../../../lib/data/position.ts';
import { LOCAL_CREDENTIALS, localAccess } from '../../../localstack/local-credentials.ts';
import { type MiniStack, startMiniStack } from '../../../localstack/ministack.ts';
import { type Answer, send } from '../../support/api-events.ts';
import { CallRecorder } from '../../support/call-recorder.ts';
import { declaredRights } from '../../support/declared-rights.ts';
import { createLocalTable, localTable } from '../../support/local-table.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

let dir: string;
let aws: MiniStack;
let recorder: CallRecorder;
let servers: TestServers;
let source: SqlClient;
const database = `rights_${randomBytes(4).toString('hex')}`;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rights-'));
  aws = await startMiniStack({ dir });
  servers = await testServers();
  source = new SqlClient(servers.sourceUri);
  await source.run(`create database ${database}`, `create table ${database}.t (id int primary key, v int)`);
  // Enough chunks of one row for the worker to call for others.
  const rows = Array.from({ length: 60 }, (_, id) => `(${id}, ${id})`);
  await source.run(`insert into ${database}.t values ${rows.join()}`);
  recorder = new CallRecorder(aws.endpoint);
  const environment = {
    ...LOCAL_CREDENTIALS,
    AWS_ENDPOINT_URL: await recorder.start(),
    TABLE_NAME: (await createLocalTable(aws.endpoint)).name,
    WORKER_FUNCTION: 'replicate',
    LOADER_FUNCTION: 'load-chunks',
    STAGE: 'test',
    EVENTS: 'on',
    SECRET_PREFIX: 'mo-cdc-tasks/test',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await source.run(`drop database if exists ${database}`);
  const sink = new SqlClient(servers.matrixoneSinkUri);
  await sink.run(`drop database if exists ${database}_copy`);
  for (const client of [source, sink]) client.close();
  await recorder.stop();
  await servers.stop();
  await aws.stop();
  await rm(dir, { recursive: true });
});

/** Sends a request to the function of that name. */
async function ask(name: string, sent: Parameters<typeof send>[1] = {}): Promise<Answer> {
  const { handler } = (await import(`../../../functions/${name}.ts`)) as { handler: ApiHandler };
  return recorder.as(name, () => send(handler, sent));
}

/** Has a worker run the task for some seconds. */
async function replicate(taskName = 't'): Promise<{ outcome: string }> {
  const { handler } = await import('../../../functions/replicate.ts');
  const context = { awsRequestId: 'run', getRemainingTimeInMillis: () => 14_000 } as Context;
  return recorder.as('replicate', () => handler({ taskName }, context));
}

/** Has a loader look for chunks of a task, as if its worker had begun to load. */
async function load(taskName: string): Promise<void> {
  const store = new DynamoDbWorkerStore(localTable(aws.endpoint, process.env['TABLE_NAME'] ?? ''));
  const until = Date.now() + 60_000;
  const acquired = await store.acquire(taskName, { owner: 'test', until, runsUntil: until }, Date.now());
  if (acquired.outcome !== 'acquired') throw new Error(acquired.outcome);
  const { key, record } = acquired;
  const loadPin = { name: 'none', ts: position('1') };
  await store.saveProgress(key, { ...record.progress, phase: 'load', loadPin }, until);
  const { handler } = await import('../../../functions/load-chunks.ts');
  const context = { awsRequestId: 'load', getRemainingTimeInMillis: () => 12_000 } as Context;
  const order = { taskName, taskId: key.id, epoch: key.epoch, place: 1 };
  await recorder.as('load-chunks', () => handler(order, context));
  await store.saveProgress(key, record.progress, until);
  await store.release(key);
}

async function tick(): Promise<void> {
  const { handler } = await import('../../../functions/tick.ts');
  const context = { awsRequestId: 'tick', getRemainingTimeInMillis: () => 14_000 } as Context;
  await recorder.as('tick', () => handler({} as ScheduledEvent, context));
}

const manager = () => new SecretsManagerClient(localAccess(aws.endpoint));

/** The secrets of tasks, those that are to go away included. */
async function secretNames(): Promise<string[]> {
  const { SecretList = [] } = await manager().send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
  return SecretList.map(({ Name = '' }) => Name).filter((name) => name.startsWith('mo-cdc-tasks/'));
}

it('gives each function the rights to what it calls, and to nothing else', async () => {
  const { password } = parseDatabaseUri(servers.sourceUri);
  const Name = '/mo-cdc/test/source';
  await new SSMClient(localAccess(aws.endpoint)).send(
    new PutParameterCommand({ Name, Value: password, Type: 'SecureString' }),
  );
  const referring = servers.sourceUri.replace(`:${password}@`, `:{{resolve:ssm-secure:${Name}}}@`);
  const body = {
    taskName: 't',
    sourceUri: referring,
    sinkType: 'matrixone',
    sinkUri: servers.matrixoneSinkUri,
    tables: `${database}.t:${database}_copy.t`,
    options: { mode: 'tick', chunkRows: 1 },
  };
  const secret = JSON.stringify({ username: 'root', password });
  await manager().send(new CreateSecretCommand({ Name: 'mo-cdc/test/sink', SecretString: secret }));
  const atManager = (id: string) =>
    servers.matrixoneSinkUri.replace(/:[^:@]*@/u, `:{{resolve:secretsmanager:${id}:SecretString:password}}@`);
  const sinkUri = atManager('mo-cdc/test/sink');
  expect(
    (
      await ask('create-task', {
        body: { ...body, taskName: 'u', sinkUri, tables: `${database}.t:${database}_copy.u` },
      })
    ).status,
  ).toBe(201);
  expect(await secretNames()).toStrictEqual([]);
  for (const sourceUri of [referring, sinkUri]) {
    const names = await ask('list-source', { body: { sourceUri, containing: database } });
    expect(names, names.text).toMatchObject({ status: 200 });
  }
  expect(await replicate('u')).toMatchObject({ outcome: 'stopped' });
  const atParameter = servers.matrixoneSinkUri.replace(/:[^:@]*@/u, `:{{resolve:ssm:${Name}}}@`);
  expect((await ask('edit-task', { name: 'u', body: { sinkUri: atParameter } })).status).toBe(202);
  await load('u');
  expect((await ask('drop-task', { name: 'u' })).status).toBe(202);
  expect(await replicate('u')).toMatchObject({ outcome: 'dropped' });

  const created = await ask('create-task', { body });
  expect(created.status, created.text).toBe(201);
  expect(created.text).toContain(referring);
  const names = await secretNames();
  expect(names).toHaveLength(1);
  const stolen = await ask('create-task', { body: { ...body, taskName: 'v', sinkUri: atManager(names[0] ?? '') } });
  expect(stolen.body).toMatchObject({ complaints: [{ code: 'SINK_SECRET', setting: 'sinkUri' }] });
  // As if create had been cut off: the worker finds it so, and keeps it.
  await manager().send(new DeleteSecretCommand({ SecretId: names[0], RecoveryWindowInDays: 30 }));
  expect(await replicate()).toMatchObject({ outcome: 'stopped' });

  await load('t');
  const task = { name: 't' };
  // A task that nobody has told the end of, and one that nobody has told anything of.
  const announcements = new DynamoDbAnnouncementStore(localTable(aws.endpoint, process.env['TABLE_NAME'] ?? ''));
  const told = { name: 'gone', state: 'running', loaded: 0, aside: {} } as const;
  await announcements.save('gone', { version: 1, told, unsent: [] }, 0);
  for (const [id, { version }] of await announcements.list()) {
    if (id !== 'gone') await announcements.remove(id, version);
  }
  await tick();
  expect((await announcements.list()).has('gone')).toBe(false);
  const statuses = [];
  for (const name of ['list-tasks', 'health', 'openapi', 'unknown-route']) statuses.push((await ask(name)).status);
  for (const name of ['show-task', 'verify-task', 'resync-task', 'restart-task', 'pause-task', 'resume-task']) {
    statuses.push((await ask(name, task)).status);
  }
  expect(statuses).toStrictEqual([200, 200, 200, 404, 200, 202, 202, 202, 202, 202]);
  const edited = await ask('edit-task', { ...task, body: { sinkUri: servers.matrixoneSinkUri } });
  expect(edited.status, edited.text).toBe(202);
  expect(await secretNames()).toHaveLength(1);
  expect(await secretNames()).not.toStrictEqual(names);
  // What the sink's password has been moved into moves along.
  const moved = await ask('edit-task', { ...task, body: { sourceUri: servers.sourceUri } });
  expect(moved.status, moved.text).toBe(202);
  expect(await replicate()).toMatchObject({ outcome: 'stopped' });
  expect((await ask('drop-task', task)).status).toBe(202);
  expect(await replicate()).toMatchObject({ outcome: 'dropped' });
  expect(await secretNames()).toStrictEqual([]);

  expect(recorder.calls).toStrictEqual(await declaredRights());
});
