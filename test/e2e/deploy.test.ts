import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { findEndpoint } from '../../lib/aws/find-endpoint.ts';
import { CloudWatchTaskLogs } from '../../lib/aws/logs/task-logs.ts';
import { readableLines } from '../../lib/cli/watching/log-text.ts';
import { DynamoDbAnnouncementStore } from '../../lib/dynamodb/dynamodb-announcement-store.ts';
import { createSignedFetch, type SignedFetch } from '../../lib/aws/signed-fetch.ts';
import { type HttpGateway, startHttpGateway } from '../../localstack/http-gateway.ts';
import { LOCAL_CREDENTIALS, localAccess } from '../../localstack/local-credentials.ts';
import { type Stack, startStack } from '../../localstack/stack.ts';
import { declaredStack } from '../support/declared-stack.ts';
import { readEmf } from '../support/emf.ts';
import { eventually } from '../support/eventually.ts';
import { localTable } from '../support/local-table.ts';
import { processesMentioning } from '../support/processes.ts';
import { SqlClient } from '../support/sql-client.ts';
import { zipEntries } from '../support/zip-entries.ts';

let stack: Stack;
let signedFetch: SignedFetch;

beforeAll(async () => {
  for (const [name, value] of Object.entries(LOCAL_CREDENTIALS)) vi.stubEnv(name, value);
  // As on AWS: requests have to be signed, and each function may do what its role says and nothing else.
  stack = await startStack({ auth: true, params: { auth: 'aws_iam', events: 'on' } });
  signedFetch = createSignedFetch();
});

afterAll(async () => {
  await stack.stop();
  vi.unstubAllEnvs();
});

const aws = () => localAccess(stack.awsEndpoint);
const url = (path: string) => new URL(`${stack.httpEndpoint}${path}`);
const functionName = (name: string) => `${stack.stackName}-${name}`;

async function functions() {
  const found = [];
  for await (const { Functions = [] } of paginateListFunctions({ client: new LambdaClient(aws()) }, {})) {
    found.push(...Functions);
  }
  return found.filter(({ FunctionName = '' }) => FunctionName.startsWith(stack.stackName));
}

async function logged(name: string, event: string): Promise<unknown> {
  const logGroupName = `/aws/lambda/${functionName(name)}`;
  const { events = [] } = await new CloudWatchLogsClient(aws()).send(new FilterLogEventsCommand({ logGroupName }));
  const lines = events.flatMap(({ message = '' }) => message.split('\n')).filter((line) => line.startsWith('{'));
  return lines
    .map((line): unknown => JSON.parse(line))
    .find((line) => z.object({ event: z.literal(event) }).safeParse(line).success);
}

it('is found by service and stage', async () => {
  const access = { endpoint: stack.awsEndpoint };
  expect(await findEndpoint({ service: 'matrixone-cdc', stage: 'local' }, access)).toBe(stack.httpEndpoint);
  expect(await findEndpoint({ service: 'matrixone-cdc', stage: 'other' }, access)).toBeUndefined();
  const elsewhere = findEndpoint({ service: 'matrixone-cdc', stage: 'local' }, { endpoint: 'http://127.0.0.1:9' });
  await expect(elsewhere).rejects.toThrow('ECONNREFUSED');
});

describe('the HTTP routes', () => {
  it('say that the service is there, to anybody', async () => {
    const answer = await fetch(url('/health'));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toStrictEqual({ status: 'ok' });
  });

  it.each(['/tasks', '/tasks/orders', '/openapi.json', '/nothing/of/the/kind'])(
    'keep %s from strangers',
    async (path) => {
      expect((await fetch(url(path))).status).toBe(403);
    },
  );

  it.each([
    ['/tasks', 200],
    ['/tasks/orders', 404],
    ['/openapi.json', 200],
    ['/nothing/of/the/kind', 404],
  ])('answer a signed request for %s', async (path, status) => {
    expect((await signedFetch(url(path), { method: 'GET' })).status).toBe(status);
  });
});

describe('the gateway for emulators without HTTP APIs', () => {
  let gateway: HttpGateway;
  beforeAll(async () => {
    gateway = await startHttpGateway(stack.awsEndpoint, stack.stackName);
  });
  afterAll(() => gateway.stop());

  it.each([
    ['GET', '/health'],
    ['GET', '/tasks'],
    ['GET', '/tasks/no%20such%20t%C3%A4sk'],
    ['POST', '/tasks/no%20such%20t%C3%A4sk/pause'],
    ['POST', '/tasks'],
    ['PUT', '/tasks'],
    ['GET', '/nothing?of=the&kind'],
  ])('answers %s %s as the HTTP API does', async (method, path) => {
    const request = { method, ...(method === 'GET' ? {} : { body: '{"tables":' }) };
    const headers = { 'content-type': 'application/json' };
    const [own, api] = await Promise.all([
      fetch(`${gateway.endpoint}${path}`, { ...request, headers }),
      signedFetch(url(path), { ...request, headers }),
    ]);
    expect([own.status, own.headers.get('content-type')]).toStrictEqual([api.status, api.headers.get('content-type')]);
    expect(await own.json()).toStrictEqual(await api.json());
  });
});

describe('each function', () => {
  it('has a role of its own, with rights to named actions on named resources', async () => {
    const deployed = await functions();
    expect(deployed).toHaveLength((await readdir('functions')).length);
    const roles = deployed.map(({ Role = '' }) => Role.split('/').at(-1) ?? '');
    expect(new Set(roles).size).toBe(roles.length);
    const iam = new IAMClient(aws());
    for (const RoleName of roles) {
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      const own = PolicyNames.filter((name) => !['events', 'tick-events'].includes(name));
      expect(own).toHaveLength(1);
      const [PolicyName] = own;
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      const document = decodeURIComponent(PolicyDocument);
      expect(document).not.toMatch(/"[\w-]*:?\*"|Action":\s*"[^"]*\*/u);
      expect(document).toContain(`:log-group:/aws/lambda/${functionName(PolicyName ?? '')}:*`);
    }
  });

  it('cannot do what its role does not allow', async () => {
    const role = (await functions()).find(({ FunctionName }) => FunctionName === functionName('list-tasks'))?.Role;
    const policy = { RoleName: role?.split('/').at(-1), PolicyName: 'list-tasks' };
    const iam = new IAMClient(aws());
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand(policy));
    await iam.send(new DeleteRolePolicyCommand(policy));
    expect((await signedFetch(url('/tasks'), { method: 'GET' })).status).toBe(503);
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: decodeURIComponent(PolicyDocument) }));
    expect((await signedFetch(url('/tasks'), { method: 'GET' })).status).toBe(200);
  });

  it('brings its own code and nothing else', async () => {
    const packages = join(stack.dir, 'app', '.serverless');
    for (const file of (await readdir(packages)).filter((name) => name.endsWith('.zip'))) {
      const name = file.replace('.zip', '');
      const names = [...zipEntries(await readFile(join(packages, file))).keys()];
      expect(names.sort()).toStrictEqual([`dist/functions/${name}.mjs`, `dist/functions/${name}.mjs.map`]);
    }
  });
});

it('has its alarms and its dashboard', async () => {
  const client = new CloudFormationClient(aws());
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: stack.stackName }));
  const made = StackResources.filter(({ ResourceType = '' }) => ResourceType.startsWith('AWS::CloudWatch::'));
  const { resources } = await declaredStack();
  const declared = Object.entries(resources.Resources).filter(([, { Type }]) => Type.startsWith('AWS::CloudWatch::'));
  expect(made.map(({ LogicalResourceId }) => LogicalResourceId).sort()).toStrictEqual(
    declared.map(([id]) => id).sort(),
  );
  // The emulator makes them by an update of the stack.
  for (const { ResourceStatus } of made) expect(ResourceStatus).toMatch(/^(?:CREATE|UPDATE)_COMPLETE$/u);
});

describe('the worker', () => {
  it('ends cleanly when there is no such task', async () => {
    const Payload = JSON.stringify({ taskName: 'nothing' });
    const invocation = new InvokeCommand({ FunctionName: functionName('replicate'), Payload });
    const { FunctionError, Payload: answer } = await new LambdaClient(aws()).send(invocation);
    expect(FunctionError).toBeUndefined();
    expect(JSON.parse(answer?.transformToString() ?? '')).toMatchObject({ outcome: 'gone' });
  });

  it('refuses an event that names no task', async () => {
    const invocation = new InvokeCommand({ FunctionName: functionName('replicate'), Payload: '{}' });
    expect(await new LambdaClient(aws()).send(invocation)).toHaveProperty('FunctionError');
  });
});

it('replicates a task from its creation until it is dropped, with the rights that the roles give', async () => {
  const [source, sink] = [new SqlClient(stack.sourceUri), new SqlClient(stack.sinkUri)];
  await source.run('create database shop', 'use shop', 'create table orders (id int primary key, note varchar(20))');
  await source.run("insert into orders values (1, 'one'), (2, 'two')");
  const rows = async () => {
    const present = await sink.query("select 1 from information_schema.tables where table_schema = 'shop_copy'");
    return present.length === 0 ? [] : sink.sorted('select * from shop_copy.orders');
  };
  const untilRows = (...expected: string[]) =>
    eventually(expected.join(), async () => ((await rows()).join() === expected.join() ? true : undefined));
  const send = async (method: string, path: string, body?: object) => {
    const request = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return signedFetch(url(path), { ...request, headers: { 'content-type': 'application/json' } });
  };

  const created = await send('POST', '/tasks', {
    taskName: 'orders',
    sourceUri: stack.sourceUri,
    sinkType: 'matrixone',
    sinkUri: stack.sinkUri,
    tables: 'shop.orders:shop_copy.orders',
  });
  expect(created.status, await created.text()).toBe(201);
  await untilRows('1|one', '2|two');
  await source.run("update orders set note = 'ONE' where id = 1", 'delete from orders where id = 2');
  await source.run("insert into orders values (3, 'three')");
  await untilRows('1|ONE', '3|three');

  const state = async () =>
    z.object({ state: z.string() }).parse(await (await send('GET', '/tasks/orders')).json()).state;
  expect((await send('POST', '/tasks/orders/pause')).status).toBe(202);
  await eventually('paused', async () => ((await state()) === 'paused' ? true : undefined));
  await source.run("insert into orders values (4, 'four')");
  expect((await send('POST', '/tasks/orders/resume')).status).toBe(202);
  await untilRows('1|ONE', '3|three', '4|four');
  expect((await send('POST', '/tasks/orders/restart')).status).toBe(202);
  expect((await send('DELETE', '/tasks/orders')).status).toBe(202);
  await eventually('gone', async () => ((await send('GET', '/tasks/orders')).status === 404 ? true : undefined));
  // What its workers have logged can be followed, also after it is gone. The emulator has the lines of a worker once it has ended.
  const logs = new CloudWatchTaskLogs({ service: 'matrixone-cdc', stage: 'local' }, { endpoint: stack.awsEndpoint });
  await eventually('log lines', async () => {
    const lines = (await logs.read('orders', 0)).flatMap(({ text }) => readableLines(text, 'orders'));
    return lines.some((line) => / info {2}window\.applied /u.test(line)) ? true : undefined;
  });
  logs.close();
  // The sink table stays. The restart may have begun to copy it anew before the drop was seen.
  expect(['1|ONE', '3|three', '4|four']).toStrictEqual(expect.arrayContaining(await rows()));
  source.close();
  sink.close();
});

it('has a large first copy made by several functions', async () => {
  const [source, sink] = [new SqlClient(stack.sourceUri), new SqlClient(stack.sinkUri)];
  await source.run('create database large', 'use large', 'create table t (id int primary key)');
  const count = 4_000;
  await source.run(`insert into t values ${Array.from({ length: count }, (_, id) => `(${id})`).join()}`);
  const send = async (method: string, path: string, body?: object) => {
    const request = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return signedFetch(url(path), { ...request, headers: { 'content-type': 'application/json' } });
  };
  const created = await send('POST', '/tasks', {
    taskName: 'large',
    sourceUri: stack.sourceUri,
    sinkType: 'matrixone',
    sinkUri: stack.sinkUri,
    tables: 'large.t:large_copy.t',
    options: { chunkRows: 10, loadWorkers: 2 },
  });
  expect(created.status, await created.text()).toBe(201);
  const present = async () => (await sink.sorted('show databases')).includes('large_copy');
  await eventually('the table', async () => ((await present()) ? true : undefined));
  const loaded = async () => sink.number('select count(*) from large_copy.t').catch(() => 0);
  await eventually('all rows', async () => ((await loaded()) === count ? true : undefined), 120_000);
  // It took part: the role of the worker lets it call loaders, and theirs lets them do their work.
  expect(await eventually('a loader', () => logged('load-chunks', 'load-chunks.ended'), 60_000)).toMatchObject({
    task: 'large',
    place: 1,
    outcome: 'ended',
  });
  // The workers' role lets them put events and store what they have told.
  const table = localTable(stack.awsEndpoint, stack.outputs['TaskTableName'] ?? '');
  const told = async () => [...(await new DynamoDbAnnouncementStore(table).list()).values()];
  const sent = await eventually('what is told', async () => {
    const found = (await told()).find(({ told: { name, loaded } }) => name === 'large' && loaded === 1);
    return found?.unsent.length === 0 ? found : undefined;
  });
  expect(sent.told).toMatchObject({ state: 'running', loaded: 1 });
  await send('DELETE', '/tasks/large');
  await eventually('gone', async () => ((await send('GET', '/tasks/large')).status === 404 ? true : undefined));
  await eventually('its end is told', async () => ((await told()).length === 0 ? true : undefined));
  expect(await logged('replicate', 'events.failed')).toBeUndefined();
  expect(await logged('drop-task', 'audit')).toMatchObject({ command: 'drop', task: 'orders', outcome: 'accepted' });
  source.close();
  sink.close();
}, 240_000);

it('has its tick started by the schedule, every minute', async () => {
  const events = new EventBridgeClient(aws());
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const rules = Rules.filter(({ ScheduleExpression }) => ScheduleExpression === 'rate(1 minute)');
  expect(rules).toHaveLength(1);
  expect(rules[0]?.State).toBe('ENABLED');
  const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: rules[0]?.Name }));
  expect(Targets.map(({ Arn = '' }) => Arn.split(':').at(-1))).toStrictEqual([functionName('tick')]);
  // Nobody else invokes it.
  const line = await eventually('a tick', () => logged('tick', 'tick.ended'), 120_000);
  expect(line).toMatchObject({ level: 'info', failed: 0 });
  const metrics = await eventually('its metrics', () => logged('tick', 'metrics'));
  const { dimensions, metrics: values } = readEmf(`${JSON.stringify(metrics)}\n`);
  expect([dimensions, values['Heartbeat']]).toStrictEqual([{ Stage: 'local' }, 1]);
});

it.skipIf(process.platform !== 'linux')('leaves no process and no file behind', async () => {
  expect(await processesMentioning(stack.dir)).not.toHaveLength(0);
  await stack.stop();
  expect(await processesMentioning(stack.dir)).toStrictEqual([]);
  expect(existsSync(stack.dir)).toBe(false);
});
