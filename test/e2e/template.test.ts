import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cloudFormationTemplate } from '../../localstack/deploy.ts';
import { type EmptyAws, startEmptyAws } from '../support/template/empty-aws.ts';
import { invokeZip } from '../support/template/invoke-zip.ts';
import { lintPolicies, lintTemplate, taggable } from '../support/template/linters.ts';
import { resolved } from '../support/template/resolved.ts';
import { CALLS } from '../support/template/zip-calls.ts';

const template = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
type Resources = z.output<typeof template>['Resources'];

const REGION = 'eu-central-1';
/** A deployment with everything that parameters can add. */
const EVERYTHING = {
  ...{ auth: 'jwt', jwtIssuer: 'https://issuer.example/', jwtAudience: 'cdc', jwtScopes: 'cdc/write' },
  ...{ network: 'private', subnetIds: 'subnet-0a1b2c3d', securityGroupIds: 'sg-0a1b2c3d' },
  ...{ tracing: 'on', taskMetrics: 'on', loaderConcurrency: '5', workerMemory: '512' },
  ...{ alarmTopic: 'arn:aws:sns:us-east-1:111122223333:alarms', secrets: 'db,team/*', parameters: '/db,team/*' },
};

let dir: string;
/** The templates as AWS would get them, by what they were made with. */
const templates: Record<string, Resources> = {};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'matrixone-cdc-template-'));
  // The last one leaves its zips.
  for (const [name, params] of Object.entries({ everything: EVERYTHING, plain: {} })) {
    const made = await cloudFormationTemplate(dir, 'prod', params);
    await writeFile(join(dir, `${name}.json`), JSON.stringify(made));
    templates[name] = template.parse(made).Resources;
  }
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const ofType = (resources: Resources, type: string) =>
  Object.entries(resources).filter(([, resource]) => resource.Type === type);

/** The tags of a resource, which are a list or an object, as an object. */
function tagsOf(tags: unknown): unknown {
  if (!Array.isArray(tags)) return tags;
  const list = z.array(z.object({ Key: z.string(), Value: z.string() })).parse(tags);
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}

/** The warnings that are left, and why. */
const ACCEPTED: Readonly<Record<string, string>> = {
  W8003: 'A parameter of the deployment decides a condition, and is a constant in the packaged template.',
  W3005: 'Serverless says twice what a resource waits for: by DependsOn, and by a reference.',
};

describe.each(['plain', 'everything'])('the template: %s', (name) => {
  const resources = (): Resources => templates[name] ?? {};

  it('passes the linter of CloudFormation', async () => {
    const findings = await lintTemplate(join(dir, `${name}.json`), REGION);
    const left = findings.filter(({ level, rule }) => level === 'Error' || ACCEPTED[rule] === undefined);
    expect(left.map(({ rule, text }) => `${rule} ${text}`)).toStrictEqual([]);
    // An accepted warning that comes no more is to be taken out.
    expect([...new Set(findings.map(({ rule }) => rule))].sort()).toStrictEqual(Object.keys(ACCEPTED).sort());
  });

  it('has only policies that the linter of IAM has nothing against', async () => {
    const roles = ofType(resources(), 'AWS::IAM::Role');
    const policies = roles.map(([role, { Properties }]) => {
      const [policy] = z
        .array(z.object({ PolicyDocument: z.unknown() }))
        .length(1)
        .parse(Properties['Policies']);
      return [role, resolved(policy?.PolicyDocument)] as const;
    });
    expect(policies.length).toBeGreaterThan(10);
    expect(await lintPolicies(join(dir, 'policies', name), Object.fromEntries(policies))).toStrictEqual([]);
  });

  it('has the tags of the service and the stage on everything that takes tags', async () => {
    const types = [...new Set(Object.values(resources()).map(({ Type }) => Type))];
    const takesTags = new Set(await taggable(types));
    expect(takesTags.size).toBeGreaterThan(8);
    for (const [id, { Type, Properties }] of Object.entries(resources())) {
      const tags = tagsOf(Properties['Tags']);
      const expected = takesTags.has(Type) ? { service: 'matrixone-cdc', stage: 'prod' } : undefined;
      expect(tags, `${id}, of type ${Type}`).toStrictEqual(expected);
    }
  });
});

it('the linters notice what AWS would refuse', async () => {
  const [statement] = [{ Effect: 'Allow', Action: 'dynamodb:GetItm', Resource: '*' }];
  const policy = { Version: '2012-10-17', Statement: statement };
  expect((await lintPolicies(join(dir, 'policies', 'wrong'), { policy })).join()).toContain('UNKNOWN_ACTION');
  const Properties = { BillingMode: 'PER_REQUEST' };
  await writeFile(
    join(dir, 'wrong.json'),
    JSON.stringify({ Resources: { T: { Type: 'AWS::DynamoDB::Table', Properties } } }),
  );
  const errors = await lintTemplate(join(dir, 'wrong.json'), REGION);
  expect(
    errors
      .filter(({ level }) => level === 'Error')
      .map(({ text }) => text)
      .join(),
  ).toContain('PER_REQUEST');
});

it('gives the stack the same tags as its resources', async () => {
  // Otherwise Serverless adds STAGE, which every role would get beside `stage`. IAM takes them for one tag.
  const state: unknown = JSON.parse(await readFile(join(dir, 'app', '.serverless', 'serverless-state.json'), 'utf8'));
  const tags = { service: 'matrixone-cdc', stage: 'prod' };
  expect(state).toMatchObject({ service: { provider: { tags, stackTags: tags } } });
});

describe('each zip, alone in a process that speaks the Lambda Runtime API', () => {
  let aws: EmptyAws;
  beforeAll(async () => {
    aws = await startEmptyAws();
  });
  afterAll(() => aws.stop());

  const functionOf = (name: string) => {
    const found = ofType(templates['plain'] ?? {}, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    const properties = found.find(({ FunctionName }) => FunctionName === `matrixone-cdc-prod-${name}`);
    const { Variables } = z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(properties?.['Environment']);
    const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: REGION };
    return {
      zip: join(dir, 'app', '.serverless', `${name}.zip`),
      handler: String(properties?.['Handler']),
      environment: {
        ...z.record(z.string(), z.string()).parse(resolved(Variables)),
        ...{ ...keys, AWS_ENDPOINT_URL: aws.endpoint },
      },
    };
  };

  const invoke = (name: string, event: unknown) => invokeZip(join(dir, 'alone', name), functionOf(name), event);

  it('is tried', () => {
    const functions = ofType(templates['plain'] ?? {}, 'AWS::Lambda::Function');
    const handlers = functions.map(([, { Properties }]) => Properties['Handler']);
    expect(
      Object.keys(CALLS)
        .map((name) => `dist/functions/${name}.handler`)
        .sort(),
    ).toStrictEqual(handlers.sort());
  });

  it.each(Object.entries(CALLS))('answers: %s', async (name, [event, answer]) => {
    const { kind, body, printed } = await invoke(name, event);
    expect({ kind, body }, printed).toMatchObject({ kind: 'response', body: answer });
    expect(aws.unknown).toStrictEqual([]);
  });

  it('names the lines of .ts files in the traces of its errors', async () => {
    const { kind, body } = await invoke('replicate', {});
    const { trace } = z.object({ trace: z.array(z.string()) }).parse(body);
    expect(kind).toBe('error');
    const source = await readFile('functions/replicate.ts', 'utf8');
    const line = source.split('\n').findIndex((text) => text.includes("throw new CdcError('REQUEST_INVALID'")) + 1;
    expect(trace[1]).toMatch(new RegExp(`^ {4}at taskNameOf \\(.*/functions/replicate\\.ts:${line}:\\d+\\)$`, 'u'));
    expect(trace.some((frame) => frame.includes('/lib/logger.ts:'))).toBe(true);
  });
});
