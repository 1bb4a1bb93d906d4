import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { beforeEach, expect, it } from 'vitest';
import type { ApiHandler } from '../../../lib/http/api-handler.ts';
import { createTaskHandler, editTaskHandler } from '../../../lib/http/declaring-handlers.ts';
import {
  checkTaskHandler,
  controlTaskHandler,
  dropTaskHandler,
  listTasksHandler,
} from '../../../lib/http/task-handlers.ts';
import { ApiWorld } from '../../support/api-world.ts';
import { PASSWORD, scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';

const NAME = 'activity_sync';
const ARN = 'arn:aws:sts::123456789012:assumed-role/Operator/jane';

let world: ApiWorld;

beforeEach(async () => {
  world = new ApiWorld();
  await world.store.create(scenarioRecord());
});

const IAM = { iam: { userArn: ARN, accessKey: 'AKIA', callerId: 'AIDA', userId: 'AIDA' } };

/** Sends a request with what API Gateway says of its caller; returns the audit lines that it logs. */
async function audit(handler: ApiHandler, sent: { body?: string; name?: string; authorizer?: unknown } = {}) {
  const event = {
    headers: { 'content-type': 'application/json' },
    requestContext: { requestId: 'r1', http: { method: 'POST', path: '/' }, authorizer: sent.authorizer },
    isBase64Encoded: false,
    ...(sent.body === undefined ? {} : { body: sent.body }),
    ...(sent.name === undefined ? {} : { pathParameters: { name: sent.name } }),
  } as unknown as APIGatewayProxyEventV2;
  world.logged.length = 0;
  await handler(event, { getRemainingTimeInMillis: () => 29_000 } as Context);
  expect(world.logged.join('')).not.toContain(PASSWORD);
  return world.logged.map((line) => JSON.parse(line) as { event: string }).filter((line) => line.event === 'audit');
}

it('writes one line for every command: who, what, which task, and what came of it', async () => {
  const sent = { name: NAME, authorizer: IAM };
  const commands = {
    pause: controlTaskHandler(world, 'pause'),
    resume: controlTaskHandler(world, 'resume'),
    verify: checkTaskHandler(world, 'verify'),
    resync: checkTaskHandler(world, 'resync'),
    restart: controlTaskHandler(world, 'restart'),
    drop: dropTaskHandler(world),
  };
  for (const [command, handler] of Object.entries(commands)) {
    const line = {
      level: 'info',
      requestId: 'r1',
      command,
      principal: ARN,
      task: NAME,
      outcome: 'accepted',
      status: 202,
    };
    expect(await audit(handler, sent)).toEqual([expect.objectContaining(line)]);
  }
  const edit = await audit(editTaskHandler(world), { ...sent, body: JSON.stringify({ options: { mode: 'tick' } }) });
  expect(edit).toMatchObject([{ command: 'edit', outcome: 'refused', status: 409, code: 'TASK_DROPPING' }]);
});

it('has a created task’s name, and nothing else of the body', async () => {
  const { sourceUri, sinkUri, sinkType } = scenarioSpec();
  const body = { taskName: 'new', sourceUri, sinkUri, sinkType, tables: 'a.b:c.b' };
  const create = (content: string) => audit(createTaskHandler(world), { body: content, authorizer: IAM });
  expect(await create(JSON.stringify(body))).toMatchObject([
    { command: 'create', task: 'new', principal: ARN, outcome: 'accepted', status: 201 },
  ]);
  expect(await create(JSON.stringify(body))).toMatchObject([{ outcome: 'refused', status: 409, code: 'TASK_EXISTS' }]);
  expect(await create(JSON.stringify({ ...body, sinkType: 'oracle' }))).toMatchObject([
    { task: 'new', outcome: 'refused', code: 'REQUEST_INVALID' },
  ]);
  expect(await create('{')).toMatchObject([{ outcome: 'refused', status: 400, code: 'REQUEST_MALFORMED' }]);
});

it.each([
  [IAM, ARN],
  [{ iam: { callerId: 'AIDA' } }, 'AIDA'],
  [{ jwt: { claims: { sub: 'jane', iss: 'https://issuer' }, scopes: null } }, 'jane of https://issuer'],
  [{ jwt: { claims: { client_id: 'robot' }, scopes: [] } }, 'robot'],
  [{ jwt: { claims: {} } }, 'unknown'],
  [undefined, 'anonymous'],
])('says who asked: %j is %s', async (authorizer, principal) => {
  expect(await audit(controlTaskHandler(world, 'pause'), { name: NAME, authorizer })).toMatchObject([{ principal }]);
});

it('tells of a command that fails inside, and of no reading', async () => {
  world.store.setDesired = () => Promise.reject(new Error('broken'));
  expect(await audit(controlTaskHandler(world, 'pause'), { name: NAME })).toMatchObject([
    { outcome: 'failed', status: 500, code: 'INTERNAL' },
  ]);
  expect(await audit(listTasksHandler(world))).toEqual([]);
});
