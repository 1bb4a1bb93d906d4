import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { cloudFormationTemplate } from '../../localstack/deploy.ts';
import { NEEDS } from '../scripts/deployer-policy.ts';

const resource = z.object({
  Type: z.string(),
  DeletionPolicy: z.string().optional(),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  Condition: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const template = z.object({
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resource),
});
type Template = z.output<typeof template>;

let dir: string;
let prod: Template;
let jwt: Template;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'matrixone-cdc-package-'));
  const params = {
    network: 'private',
    subnetIds: 'subnet-0a1b2c3d,subnet-0a1b2c3d4e5f6a7b8',
    securityGroupIds: 'sg-0a1b2c3d',
    loaderConcurrency: '5',
    logLevel: 'warn',
  };
  prod = template.parse(await cloudFormationTemplate(dir, 'prod', params));
  const callers = { auth: 'jwt', jwtIssuer: 'https://issuer.example/', jwtAudience: 'cdc' };
  const jwtScopes = 'cdc/write, https://api.example/admin';
  jwt = template.parse(await cloudFormationTemplate(dir, 'prod', { ...callers, jwtScopes, tracing: 'on' }));
});

/** How the routes are guarded, apart from the one that is open to everybody. */
function authorizations({ Resources }: Template): unknown[] {
  const routes = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route');
  const guarded = routes.filter(({ Properties }) => Properties['RouteKey'] !== 'GET /health');
  return [...new Set(guarded.map(({ Properties }) => Properties['AuthorizationType']))];
}

afterAll(() => rm(dir, { recursive: true }));

const ofType = (type: string) => Object.entries(prod.Resources).filter(([, { Type }]) => Type === type);
const properties = (type: string) => ofType(type).map(([, { Properties }]) => Properties);

it('has a function for every file of functions/, for Node 24 on arm64', async () => {
  const files = (await readdir('functions')).map((file) => `dist/functions/${file.replace('.ts', '')}.handler`);
  const functions = properties('AWS::Lambda::Function');
  expect(functions.map(({ Handler }) => Handler).sort()).toStrictEqual(files.sort());
  for (const declared of functions) {
    expect(declared).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
  }
});

it('asks for a signature on every route but GET /health', () => {
  const open = properties('AWS::ApiGatewayV2::Route').filter(
    ({ AuthorizationType }) => AuthorizationType !== 'AWS_IAM',
  );
  expect(open.map(({ RouteKey }) => RouteKey)).toStrictEqual(['GET /health']);
});

it('takes tokens where that is asked for', () => {
  const authorizers = Object.values(jwt.Resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Authorizer');
  expect(authorizers.map(({ Properties }) => Properties['JwtConfiguration'])).toStrictEqual([
    { Audience: ['cdc'], Issuer: 'https://issuer.example/' },
  ]);
  expect(authorizations(jwt)).toStrictEqual(['JWT']);
});

it('asks for one of the scopes on every route but GET /health', () => {
  const routes = Object.values(jwt.Resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route');
  expect(routes.length).toBeGreaterThan(10);
  for (const { Properties } of routes) {
    const { RouteKey, AuthorizationType, AuthorizationScopes } = Properties;
    const scopes = ['cdc/write', 'https://api.example/admin'];
    const expected = RouteKey === 'GET /health' ? ['NONE', undefined] : ['JWT', scopes];
    expect([AuthorizationType ?? 'NONE', AuthorizationScopes], String(RouteKey)).toStrictEqual(expected);
  }
  expect(JSON.stringify(prod)).not.toContain('AuthorizationScopes');
});

it('is open to everybody at an emulator only', async () => {
  const emulator = 'http://127.0.0.1:9';
  for (const [stage, params, endpoint, reason] of [
    ['prod', { auth: 'none' }, emulator, 'auth none lets anybody call the API'],
    ['local', {}, undefined, 'The stage local is for an emulator of AWS'],
  ] as const) {
    await expect(cloudFormationTemplate(dir, stage, params, endpoint)).rejects.toThrow(reason);
  }
  const local = template.parse(await cloudFormationTemplate(dir, 'local', {}, emulator));
  expect(authorizations(local)).toStrictEqual([undefined]);
});

it('stops with the reasons, and nothing else, if something cannot be', async () => {
  const asked = cloudFormationTemplate(dir, 'prod', { alarmTopc: 'x', workerMemory: '64' });
  const message = await asked.then(() => '', String);
  expect(message).toMatch(
    /Nothing was deployed\.\n +- There is no parameter alarmTopc\. Did you mean alarmTopic\?\n +- workerM/u,
  );
  expect(message).not.toContain('settings.ts');
});

it('keeps the table when the stack is removed, protected, encrypted and with backups', () => {
  const [table] = ofType('AWS::DynamoDB::Table');
  expect(table?.[1]).toMatchObject({
    DeletionPolicy: 'Retain',
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
    },
  });
});

it('puts into a private network only what talks to databases', () => {
  const inside = properties('AWS::Lambda::Function').filter(({ VpcConfig }) => VpcConfig !== undefined);
  const handlers = inside.map(({ Handler }) => Handler);
  expect(handlers.sort()).toStrictEqual(
    ['create-task', 'edit-task', 'list-source', 'load-chunks', 'replicate'].map(
      (name) => `dist/functions/${name}.handler`,
    ),
  );
  const roles = ofType('AWS::IAM::Role').filter(([, { Properties }]) => Properties['ManagedPolicyArns'] !== undefined);
  expect(roles.map(([name]) => name).sort()).toStrictEqual([
    'CreateTaskRole',
    'EditTaskRole',
    'ListSourceRole',
    'LoadChunksRole',
    'ReplicateRole',
  ]);
});

it('never repeats an order to a worker, but keeps those that failed', () => {
  for (const resource of ['ReplicateLambdaEvConf', 'LoadDashchunksLambdaEvConf']) {
    expect(prod.Resources[resource]?.Properties).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['FailedRuns', 'Arn'] } } },
    });
  }
});

it('limits the loaders, over all tasks, where that is asked for', () => {
  const limits = properties('AWS::Lambda::Function')
    .filter(({ ReservedConcurrentExecutions: limit }) => limit !== undefined)
    .map(({ Handler, ReservedConcurrentExecutions: limit }) => [Handler, limit]);
  expect(limits).toStrictEqual([['dist/functions/load-chunks.handler', 5]]);
  expect(JSON.stringify(jwt)).not.toContain('ReservedConcurrentExecutions');
});

it('lets the tick and workers put events on the default bus, where that is asked for, and nobody else', async () => {
  const policies = ({ Resources }: Template, active: string) =>
    Object.values(Resources).filter(({ Type, Condition }) => Type === 'AWS::IAM::Policy' && Condition === active);
  const on = template.parse(await cloudFormationTemplate(dir, 'prod', { events: 'on' }));
  const found = policies(on, 'HasEvents').map(({ Properties }) => Properties);
  expect(found).toHaveLength(2);
  const [put] = found.filter((each) => JSON.stringify(each).includes('events:PutEvents'));
  expect(put?.['Roles']).toStrictEqual([{ Ref: 'TickRole' }, { Ref: 'ReplicateRole' }]);
  expect(JSON.stringify(put)).toContain(':event-bus/default"');
  expect([on, prod].map(({ Conditions }) => Conditions['HasEvents'])).toStrictEqual([
    { 'Fn::Equals': ['on', 'on'] },
    { 'Fn::Equals': ['off', 'on'] },
  ]);
});

it('has no type of resource that the policy of deployers does not know, and all that it knows', async () => {
  const params = { auth: 'jwt', jwtIssuer: 'https://issuer.example/', jwtAudience: 'cdc', events: 'on' };
  const jwt = template.parse(await cloudFormationTemplate(dir, 'prod', params));
  const types = [prod, jwt].flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type));
  expect([...new Set(types)].sort()).toStrictEqual(Object.keys(NEEDS).sort());
});

it('goes on with the table of an earlier deployment, where that is asked for', async () => {
  const tableName = 'matrixone-cdc-prod-TaskTable-1ABC';
  const taken = template.parse(await cloudFormationTemplate(dir, 'prod', { tableName }));
  expect([taken, prod].map(({ Conditions }) => Conditions['OwnsTable'])).toStrictEqual([
    { 'Fn::Equals': [tableName, ''] },
    { 'Fn::Equals': ['', ''] },
  ]);
  expect(prod.Resources['TaskTable']?.Condition).toBe('OwnsTable');
  // Nothing refers to the table of the stack but in the branch that has one.
  const { Resources } = taken;
  const text = JSON.stringify(Resources);
  const refersTo = (part: string) => text.split(part).length - 1;
  expect(refersTo('"Ref":"TaskTable"') + refersTo('["TaskTable","Arn"]') + refersTo('${TaskTable')).toBe(
    refersTo('"Fn::If":["OwnsTable"'),
  );
  for (const { Properties } of Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function')) {
    const { Variables } = z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(Properties['Environment']);
    expect(Variables['TABLE_NAME']).toStrictEqual({ 'Fn::If': ['OwnsTable', { Ref: 'TaskTable' }, tableName] });
  }
});

it('lets loaders read the task, and nothing else of the table', () => {
  const statements = (role: string) => JSON.stringify(prod.Resources[role]?.Properties['Policies']);
  expect(statements('LoadChunksRole').match(/"dynamodb:\w+"/gu)).toStrictEqual([
    '"dynamodb:GetItem"',
    '"dynamodb:Query"',
  ]);
  expect(statements('LoadChunksRole')).not.toContain('lambda:');
  expect(statements('ReplicateRole')).toContain('-load-chunks');
});

it('keeps the logs for a limited time', () => {
  const groups = properties('AWS::Logs::LogGroup');
  // One of them is the API's.
  expect(groups).toHaveLength(properties('AWS::Lambda::Function').length + 1);
  expect(groups.every(({ RetentionInDays }) => RetentionInDays === 30)).toBe(true);
});

it('limits requests, and those that anybody may send still more', () => {
  const [stage] = properties('AWS::ApiGatewayV2::Stage');
  expect(stage).toMatchObject({
    DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    RouteSettings: { 'GET /health': { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 } },
  });
  // API Gateway knows no settings of a route that there is not yet.
  expect(prod.Resources['HttpApiStage']?.DependsOn).toContain('HttpApiRouteGetHealth');
});

it.each([
  ['aws_iam', () => prod, '$context.identity.userArn'],
  ['jwt', () => jwt, '$context.authorizer.claims.sub'],
])('logs for each request who sent it, for which route, and how it was answered: %s', (_, of, principal) => {
  const stage = Object.values(of().Resources).find(({ Type }) => Type === 'AWS::ApiGatewayV2::Stage');
  const { Format } = z.object({ Format: z.string() }).parse(stage?.Properties['AccessLogSettings']);
  expect(JSON.parse(Format)).toMatchObject({ principal, route: '$context.routeKey', status: '$context.status' });
});

it('gives Node a heap that fits the memory, and the level of the log', () => {
  for (const { MemorySize, Environment } of properties('AWS::Lambda::Function')) {
    const { Variables } = z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(Environment);
    const heap = Number(/--max-old-space-size=(\d+)/u.exec(String(Variables['NODE_OPTIONS']))?.[1]);
    expect(heap).toBeGreaterThan(100);
    expect(heap).toBeLessThan(Number(MemorySize) - 80);
    expect(Variables['LOG_LEVEL']).toBe('warn');
  }
});

it('has traces sent where that is asked for, by roles that may do so', () => {
  const roles = (of: Template) => Object.values(of.Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
  expect(properties('AWS::Lambda::Function').filter(({ TracingConfig }) => TracingConfig !== undefined)).toEqual([]);
  for (const { Type, Properties } of Object.values(jwt.Resources)) {
    if (Type === 'AWS::Lambda::Function') expect(Properties['TracingConfig']).toEqual({ Mode: 'Active' });
  }
  for (const { Properties } of roles(jwt)) {
    expect(JSON.stringify(Properties['ManagedPolicyArns'])).toContain('AWSXRayDaemonWriteAccess');
  }
});

it('has a dashboard of its own in each region', () => {
  const [dashboard] = properties('AWS::CloudWatch::Dashboard');
  expect(dashboard?.['DashboardName']).toEqual({ 'Fn::Sub': 'matrixone-cdc-prod-${AWS::Region}' });
});

it('brings a map of our own lines that is smaller than the code', async () => {
  const folder = join(dir, 'app', 'dist', 'functions');
  const bytes = async (file: string) => (await stat(join(folder, file))).size;
  const functions = (await readdir(folder)).filter((file) => file.endsWith('.mjs'));
  expect(functions.length).toBeGreaterThan(10);
  for (const file of functions) expect(await bytes(`${file}.map`), file).toBeLessThan(0.7 * (await bytes(file)));
});

// What a function does without is left out (localstack/bundling); a dependency that brings it back shows here. There are 40 kB
// for code of our own to grow by.
// RE2 is 155 kB of the two that know what a task leaves out. Of those with passwords to read, SSM's client is 185 kB, which are run only when a URI refers to a parameter.
// EventBridge's client is 60 kB of the two that put events, which are run only with the parameter `events`.
it.each([
  // 1,441 kB since the adapter of sources also lists their names, for those who declare a task.
  ['replicate', 1_450],
  // Our own code had grown to 1,418 kB when the listing of tasks in brief added 5 kB.
  ['create-task', 1_430],
  ['tick', 570],
  ['show-task', 520],
  ['health', 50],
])('%s is a file of less than %d kB', async (name, kilobytes) => {
  const { size } = await stat(join(dir, 'app', 'dist', 'functions', `${name}.mjs`));
  expect(size).toBeLessThan(kilobytes * 1_000);
});
