import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DynamoDbTaskStore } from '../../lib/dynamodb/dynamodb-task-store.ts';
import { deploy, remove } from '../../localstack/deploy.ts';
import { localAccess } from '../../localstack/local-credentials.ts';
import { type MiniStack, startMiniStack } from '../../localstack/ministack.ts';
import { localTable } from '../support/local-table.ts';
import { taskRecord } from '../support/task-records.ts';

let dir: string;
let aws: MiniStack;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'matrixone-cdc-retained-'));
  aws = await startMiniStack({ dir: join(dir, 'aws') });
});
afterAll(async () => {
  await aws.stop();
  await rm(dir, { recursive: true, force: true });
});

/** As a stage on AWS has it. */
const KEEPING = { tableDeletion: 'Retain', deletionProtection: 'on' };

it('a table outlives its stack, and the next stack goes on with its tasks by `tableName`', async () => {
  const options = { dir, awsEndpoint: aws.endpoint };
  const shown = async (endpoint: string) => {
    const answer = await fetch(`${endpoint}/tasks/orders`);
    return { status: answer.status, body: (await answer.json()) as { id?: string; state?: string } };
  };
  const first = await deploy({ ...options, params: KEEPING });
  const tableName = first.outputs['TaskTableName'] ?? expect.fail();
  const task = taskRecord('orders', { desired: 'paused' });
  await new DynamoDbTaskStore(localTable(aws.endpoint, tableName)).create(task);
  expect(await shown(first.httpEndpoint)).toMatchObject({ status: 200, body: { id: task.id } });

  await remove({ ...options, params: KEEPING });
  const stacks = new CloudFormationClient(localAccess(aws.endpoint));
  await expect(stacks.send(new DescribeStacksCommand({ StackName: first.stackName }))).rejects.toThrow(
    'does not exist',
  );

  const second = await deploy({ ...options, params: { ...KEEPING, tableName } });
  expect(second.outputs['TaskTableName']).toBe(tableName);
  expect(await shown(second.httpEndpoint)).toMatchObject({ status: 200, body: { id: task.id, state: 'paused' } });
  // Commands reach the table, and the stack that has taken it over keeps it, too.
  const dropped = await fetch(`${second.httpEndpoint}/tasks/orders`, { method: 'DELETE' });
  expect(dropped.status).toBe(202);
  await remove({ ...options, params: { ...KEEPING, tableName } });
  expect(await new DynamoDbTaskStore(localTable(aws.endpoint, tableName)).get('orders')).toMatchObject({
    id: task.id,
    desired: 'dropping',
  });
}, 240_000);
