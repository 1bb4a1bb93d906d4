import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createSignedFetch, type SignedFetch } from '../../lib/aws/signed-fetch.ts';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';
import { LOCAL_CREDENTIALS, localAccess } from '../../localstack/local-credentials.ts';
import { type Stack, startStack } from '../../localstack/stack.ts';
import { leaks } from '../support/canaries.ts';
import { eventually } from '../support/eventually.ts';
import { SqlClient } from '../support/sql-client.ts';

let stack: Stack;
let signedFetch: SignedFetch;
/** Everything that the API has answered. */
const answers: string[] = [];

beforeAll(async () => {
  for (const [name, value] of Object.entries(LOCAL_CREDENTIALS)) vi.stubEnv(name, value);
  stack = await startStack({ auth: true, params: { auth: 'aws_iam' } });
  signedFetch = createSignedFetch();
});

afterAll(async () => {
  await stack.stop();
  vi.unstubAllEnvs();
});

const aws = () => localAccess(stack.awsEndpoint);

/** Passwords with every character that somebody might forget to encode, and that nobody else has. */
const canary = (name: string): string => `${name}-${randomBytes(6).toString('hex')} @:/?#%&+="'\\ü🐤`;
const CANARIES = {
  source: canary('source'),
  sink: canary('sink'),
  rotated: canary('rotated'),
  wrong: canary('wrong'),
};

const shownSchema = z.object({
  state: z.string(),
  error: z.object({ code: z.string() }).nullable(),
  lease: z.object({ held: z.boolean() }).nullable(),
});

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  const request = { method, ...(body === undefined ? {} : { body: content }) };
  const url = new URL(`${stack.httpEndpoint}${path}`);
  const response = await signedFetch(url, { ...request, headers: { 'content-type': 'application/json' } });
  const text = await response.text();
  answers.push(JSON.stringify([...response.headers]), text);
  return { status: response.status, text };
}

const show = async (name: string) => shownSchema.parse(JSON.parse((await ask('GET', `/tasks/${name}`)).text));

const sqlText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

async function createUser(uri: string, password: string): Promise<void> {
  const admin = new SqlClient(uri);
  await admin.run(`create user 'canary'@'%' identified by ${sqlText(password)}`);
  await admin.run("grant all privileges on *.* to 'canary'@'%' with grant option");
  admin.close();
}

function uriWith(uri: string, password: string): string {
  const { host, port } = parseDatabaseUri(uri);
  return `mysql://canary:${password.startsWith('{{') ? password : encodeURIComponent(password)}@${host}:${port}`;
}

const task = (taskName: string, sourceUri: string, sinkUri: string) => ({
  taskName,
  sourceUri,
  sinkUri,
  sinkType: 'matrixone',
  tables: `shop.${taskName}:shop_copy.${taskName}`,
});

async function untilRows(client: SqlClient, table: string, expected: number): Promise<void> {
  await eventually(`${expected} rows in ${table}`, async () => {
    const found = await client.number(`select count(*) from shop_copy.${table}`).catch(() => -1);
    return found === expected ? true : undefined;
  });
}

/** The texts of everything that was written anywhere but where secrets belong. */
async function written(): Promise<Record<string, string>> {
  const places: Record<string, string> = { answers: answers.join('\n') };
  const logs = new CloudWatchLogsClient(aws());
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, {})) {
    for (const { logGroupName = '' } of logGroups) {
      const found = [];
      for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName }))
        found.push(events);
      places[`log ${logGroupName}`] = found
        .flat()
        .map(({ message = '' }) => message)
        .join('\n');
    }
  }
  const { Items } = await new DynamoDBClient(aws()).send(
    new ScanCommand({ TableName: stack.outputs['TaskTableName'] ?? '' }),
  );
  places['items'] = JSON.stringify(Items);
  for await (const page of paginateListFunctions({ client: new LambdaClient(aws()) }, {})) {
    places['functions'] = JSON.stringify(page.Functions);
  }
  const directory = join(stack.dir, 'aws');
  for (const file of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    if (file.isFile() && !path.includes('/s3/')) places[path] = await readFile(path, 'latin1');
  }
  return places;
}

/** What is kept where secrets belong. */
async function keptSecrets(): Promise<string[]> {
  const manager = new SecretsManagerClient(aws());
  const { SecretList = [] } = await manager.send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
  const own = SecretList.filter(({ Name = '' }) => Name.startsWith('mo-cdc-tasks/'));
  const values = own.map(({ ARN }) => manager.send(new GetSecretValueCommand({ SecretId: ARN })));
  return (await Promise.all(values)).map(({ SecretString = '' }) => SecretString);
}

it('has no password in anything that a run leaves behind', async () => {
  const { source, sink, rotated, wrong } = CANARIES;
  await createUser(stack.sourceUri, source);
  await createUser(stack.sinkUri, sink);
  const client = new SqlClient(stack.sourceUri);
  const copy = new SqlClient(stack.sinkUri);
  await client.run('create database shop', 'use shop');
  for (const table of ['inline', 'referred']) {
    await client.run(`create table ${table} (id int primary key)`, `insert into ${table} values (1), (2)`);
  }
  const manager = new SecretsManagerClient(aws());
  const parameters = new SSMClient(aws());
  const SecretString = JSON.stringify({ username: 'canary', password: source });
  await manager.send(new CreateSecretCommand({ Name: 'mo-cdc/local/source', SecretString }));
  const setParameter = (Value: string) =>
    parameters.send(
      new PutParameterCommand({ Name: '/mo-cdc/local/sink', Value, Type: 'SecureString', Overwrite: true }),
    );
  await setParameter(sink);
  const inline = [uriWith(stack.sourceUri, source), uriWith(stack.sinkUri, sink)] as const;
  const referred = [
    uriWith(stack.sourceUri, '{{resolve:secretsmanager:mo-cdc/local/source:SecretString:password}}'),
    uriWith(stack.sinkUri, '{{resolve:ssm-secure:/mo-cdc/local/sink}}'),
  ] as const;

  // What goes well.
  const created = await ask('POST', '/tasks', task('inline', ...inline));
  expect(created.status, created.text).toBe(201);
  const other = await ask('POST', '/tasks', task('referred', ...referred));
  expect(other.status, other.text).toBe(201);
  expect(other.text).toContain('{{resolve:ssm-secure:/mo-cdc/local/sink}}');
  await untilRows(copy, 'inline', 2);
  await untilRows(copy, 'referred', 2);
  expect(leaks([source, sink], { kept: (await keptSecrets()).join('\n') })).toHaveLength(2);

  // What does not.
  const unreachable = `mysql://canary:${encodeURIComponent(wrong)}@127.0.0.1:1`;
  const refusals = [
    task('bad', uriWith(stack.sourceUri, wrong), inline[1]),
    task('bad', inline[0], uriWith(stack.sinkUri, wrong)),
    task('bad', unreachable, unreachable),
    task('bad', `mysql://canary:${wrong}`, `canary:${encodeURIComponent(wrong)}@h`),
    task(
      'bad',
      `${inline[0]}?password=${encodeURIComponent(wrong)}`,
      `${inline[1]}/?tls=${encodeURIComponent(wrong)}x`,
    ),
    { ...task('bad', ...inline), sourceURL: inline[0], sourceUri: [inline[0]] },
    JSON.stringify(task('bad', ...inline)).slice(0, -1),
    { ...task('bad', ...inline), exclude: 'x'.repeat(200_000) },
  ];
  const statuses = [];
  for (const body of refusals) statuses.push((await ask('POST', '/tasks', body)).status);
  expect(statuses).toStrictEqual([422, 422, 422, 422, 422, 422, 400, 413]);
  expect((await ask('PATCH', '/tasks/inline', { sinkUri: uriWith(stack.sinkUri, wrong) })).status).toBe(422);
  expect((await ask('POST', '/tasks', task('inline', ...inline))).status).toBe(409);

  // The password is changed, first where it is used; the task finds it by itself.
  for (const verb of ['pause', 'resume']) {
    expect((await ask('POST', `/tasks/referred/${verb}`)).status).toBe(202);
    if (verb === 'pause') {
      const stopped = async () => (await show('referred')).lease?.held !== true;
      await eventually('paused', async () => ((await stopped()) ? true : undefined));
      await copy.run(`alter user 'canary'@'%' identified by ${sqlText(rotated)}`);
    }
  }
  await client.run('insert into shop.referred values (3)');
  await eventually('SINK_SECRET', async () =>
    (await show('referred')).error?.code === 'SINK_SECRET' ? true : undefined,
  );
  await setParameter(rotated);
  await untilRows(copy, 'referred', 3);

  // The login of the other task is edited.
  const edited = await ask('PATCH', '/tasks/inline', { sinkUri: uriWith(stack.sinkUri, rotated) });
  expect(edited.status, edited.text).toBe(202);
  await client.run('insert into shop.inline values (3)');
  await untilRows(copy, 'inline', 3);
  expect((await ask('POST', '/tasks/inline/verify')).status).toBe(202);
  expect((await ask('GET', '/tasks')).status).toBe(200);
  // A secret that cannot be read, too.
  await manager.send(new PutSecretValueCommand({ SecretId: 'mo-cdc/local/source', SecretString: wrong }));
  expect((await ask('POST', '/tasks', task('bad', ...referred))).status).toBe(422);

  const secrets = Object.values(CANARIES);
  expect(leaks(secrets, await written())).toStrictEqual([]);
  for (const name of ['inline', 'referred']) {
    expect((await ask('DELETE', `/tasks/${name}?force=true`)).status).toBe(202);
    await eventually('gone', async () => ((await ask('GET', `/tasks/${name}`)).status === 404 ? true : undefined));
  }
  const places = await written();
  expect(leaks(secrets, places)).toStrictEqual([]);
  expect(Object.keys(places).filter((place) => place.startsWith('log ')).length).toBeGreaterThan(5);
  expect(places[`log /aws/lambda/${stack.stackName}-replicate`]).toContain('task.dropped');
  await eventually('no secret of a task', async () => ((await keptSecrets()).length === 0 ? true : undefined));
  client.close();
  copy.close();
});
