import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { cloudFormationTemplate } from '../../localstack/deploy.ts';
import { deployerPolicy, NEEDS, NOT_GIVEN } from '../scripts/deployer-policy.ts';
import { handlerActions, lintPolicies } from '../support/template/linters.ts';

const texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const { Statement } = z
  .object({ Statement: z.array(z.object({ Action: texts, Resource: texts })) })
  .parse(deployerPolicy());

/** As IAM compares: `*` stands for any text, and actions have no letter case. */
const fits = (pattern: string, text: string): boolean => {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  let left = text.toLowerCase();
  if (!left.startsWith(first)) return false;
  left = left.slice(first.length);
  for (const [i, part] of rest.entries()) {
    const at = i === rest.length - 1 ? left.length - part.length : left.indexOf(part);
    if (at < 0 || !left.endsWith(part, at + part.length)) return false;
    left = left.slice(at + part.length);
  }
  return rest.length > 0 || left === '';
};
const isGiven = (action: string, resource?: string): boolean =>
  Statement.some(
    ({ Action, Resource }) =>
      Action.some((given) => fits(given, action)) &&
      (resource === undefined || Resource.some((given) => fits(given, resource))),
  );

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'matrixone-cdc-deployer-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it('gives what the handlers of CloudFormation may use, or says why not', async () => {
  const actions = await handlerActions(Object.keys(NEEDS));
  const unused = new Set(
    Object.entries(NOT_GIVEN).flatMap(([type, reasons]) => Object.keys(reasons).map((each) => `${type} ${each}`)),
  );
  const missing: string[] = [];
  for (const [type, found] of Object.entries(actions)) {
    expect(found.length, type).toBeGreaterThan(2);
    for (const action of found.filter((each) => !isGiven(each))) {
      const reason = Object.keys(NOT_GIVEN[type] ?? {}).find((pattern) => fits(pattern, action));
      if (reason === undefined) missing.push(`${type} ${action}`);
      else unused.delete(`${type} ${reason}`);
    }
  }
  expect(missing).toEqual([]);
  expect([...unused]).toEqual([]);
});

/** What a resource is created by, and the ARN of the one that has this name. */
const NAMED: Readonly<Record<string, readonly [property: string, action: string, arn: (name: string) => string]>> = {
  'AWS::Lambda::Function': ['FunctionName', 'lambda:CreateFunction', (name) => `arn:aws:lambda:r:1:function:${name}`],
  'AWS::Logs::LogGroup': ['LogGroupName', 'logs:CreateLogGroup', (name) => `arn:aws:logs:r:1:log-group:${name}:*`],
  'AWS::ApiGatewayV2::Api': ['Name', 'apigateway:POST', () => 'arn:aws:apigateway:r::/apis'],
};

it('names every resource that the template names', async () => {
  const resource = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
  const made = z
    .object({ Resources: z.record(z.string(), resource) })
    .parse(await cloudFormationTemplate(dir, 'prod', {}));
  let named = 0;
  for (const { Type, Properties } of Object.values(made.Resources)) {
    const [property, action, arn] = NAMED[Type] ?? [];
    if (property === undefined || action === undefined || arn === undefined) continue;
    const name = z.string().parse(Properties[property]);
    expect(isGiven(action, arn(name)), `${action} ${name}`).toBe(true);
    named += 1;
  }
  expect(named).toBeGreaterThan(30);
});

/** What the linter says of this policy, and may. */
const ACCEPTED = [
  // By `Get*` and the like, of which some have other resources. Those are not wanted.
  /^MEDIUM RESOURCE_MISMATCH/u,
  // AWS could name alarms, but CloudFormation asks for all.
  /^LOW RESOURCE_STAR: \["cloudwatch:DescribeAlarms"\]/u,
  // The schemas of AWS have them; the linter's list is older.
  /^LOW UNKNOWN_ACTION: "Unknown action apigateway:(?:Unt|T)agResource"/u,
];

it('has actions and resources that there are', async () => {
  const found = await lintPolicies(join(dir, 'policies'), { deployer: deployerPolicy() });
  const left = found.filter((each) => !ACCEPTED.some((accepted) => accepted.test(each)));
  expect(left).toEqual([]);
});
