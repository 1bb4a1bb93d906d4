import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AwsSecrets } from '../../lib/aws/secrets.ts';
import { openPlaces } from '../../lib/cli/open-places.ts';
import { run } from '../../lib/cli/run.ts';
import { connectorsWith } from '../../lib/connectors.ts';
import { pinName } from '../../lib/data/position.ts';
import { DynamoDbTaskStore } from '../../lib/dynamodb/dynamodb-task-store.ts';
import { newTaskRecord } from '../../lib/record/new-task-record.ts';
import { withSecretsKept } from '../../lib/store/secret-stores.ts';
import { newTaskId } from '../../lib/task/task-name.ts';
import { LOCAL_CREDENTIALS, localAccess } from '../../localstack/local-credentials.ts';
import { type MiniStack, startMiniStack } from '../../localstack/ministack.ts';
import { localTable } from '../support/local-table.ts';
import { scenarioSpec } from '../support/scenario-task.ts';
import { testServers, type TestServers } from '../support/servers.ts';

let dir: string;
let aws: MiniStack;
let servers: TestServers;

const STAGE = 'leftover';
const StackName = `matrixone-cdc-${STAGE}`;
const TABLE = `${StackName}-TaskTable-1`;
const KEY = [
  { AttributeName: 'pk', KeyType: 'HASH' },
  { AttributeName: 'sk', KeyType: 'RANGE' },
];
const TEMPLATE = {
  Resources: {
    TaskTable: {
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      Properties: {
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: KEY.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: KEY,
      },
    },
  },
  Outputs: { TaskTableName: { Value: { Ref: 'TaskTable' } } },
};

const never = new AbortController().signal;
const stacks = () => new CloudFormationClient(localAccess(aws.endpoint));
const connectors = connectorsWith();

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'leftovers-'));
  aws = await startMiniStack({ dir });
  servers = await testServers();
  for (const [name, value] of Object.entries({ ...LOCAL_CREDENTIALS, AWS_ENDPOINT_URL: aws.endpoint })) {
    vi.stubEnv(name, value);
  }
  await stacks().send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(TEMPLATE) }));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await servers.stop();
  await aws.stop();
  await rm(dir, { recursive: true });
});

const tableStatus = async () => {
  const { documents } = localTable(aws.endpoint, TABLE);
  try {
    return (await documents.send(new DescribeTableCommand({ TableName: TABLE }))).Table?.TableStatus;
  } catch {
    return 'missing';
  }
};

async function secretNames(): Promise<string[]> {
  const manager = new SecretsManagerClient(localAccess(aws.endpoint));
  const { SecretList = [] } = await manager.send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
  return SecretList.map(({ Name = '' }) => Name);
}

const specOf = (name: string) =>
  scenarioSpec({ name, sourceUri: servers.sourceUri, sinkUri: servers.matrixoneSinkUri, sinkType: 'matrixone' });

/** What a task leaves at both ends. */
async function leaveTraces(id: string, name: string): Promise<void> {
  const source = connectors.source(specOf(name), never);
  const sink = connectors.sink(specOf(name), id, never);
  await source.createPin(pinName(id, 1, 1), 'account');
  await sink.takeOver(1);
  await Promise.all([source.close(), sink.close()]);
}

async function pinsOf(id: string): Promise<number> {
  const source = connectors.source(specOf('any'), never);
  const found = await source.pins(`mo_cdc_${id.replaceAll('-', '')}_`);
  await source.close();
  return found.length;
}

/** The command two hours later: what is younger than an hour is left alone. */
async function leftovers(...flags: string[]) {
  let text = '';
  const code = await run(
    [
      ...['leftovers', '--stage', STAGE, '--source-uri', servers.sourceUri],
      ...['--sink-uri', servers.matrixoneSinkUri, '--sink-type', 'matrixone', ...flags],
    ],
    {
      out: (line) => void (text += line),
      error: (line) => void (text += line),
      clock: { now: () => Date.now() + 7_200_000, sleep: () => Promise.resolve() },
      zone: 'UTC',
      connect: () => Promise.reject(new Error('No API is left.')),
      openPlaces: (options) => openPlaces(options, process.env),
    },
  );
  return { code, text };
}

it('finds and removes what a removed deployment has left, and nothing of others', async () => {
  await expect.poll(tableStatus).toBe('ACTIVE');
  const [mine, others] = [newTaskId(Date.now()), newTaskId(Date.now())];
  const tasks = withSecretsKept(
    new DynamoDbTaskStore(localTable(aws.endpoint, TABLE)),
    new AwsSecrets(`mo-cdc-tasks/${STAGE}`),
  );
  await tasks.create(newTaskRecord(mine, specOf('mine'), Date.now()));
  await leaveTraces(mine, 'mine');
  await leaveTraces(others, 'others');
  const plain = (id: string): string => id.replaceAll('-', '');

  // As long as the stack is there, its task lives.
  const before = await leftovers('--remove', '--yes');
  expect(before).toMatchObject({ code: 0, text: expect.stringContaining('Nothing to remove.') as unknown });
  expect(before.text).toContain(`table ${TABLE}: 1 task; the stack ${StackName} uses it`);
  expect(before.text).toContain(`source ${plain(mine)}: 1 snapshot; its task is in a table that is in use`);

  await stacks().send(new DeleteStackCommand({ StackName }));
  await expect.poll(async () => (await leftovers()).text).toContain('no stack of this region uses it');
  const listed = await leftovers();
  expect(listed.text).toContain(`source ${plain(mine)}: 1 snapshot; its task was one of the stage ${STAGE}`);
  expect(listed.text).toContain(`sink ${mine}: 1 row; its task was one of the stage ${STAGE}`);
  expect(listed.text).toContain(`sink ${others}: 1 row; no table here has its task`);
  expect(listed.text).not.toContain(':111@');

  expect(await leftovers('--remove', '--yes')).toMatchObject({ code: 0 });
  await expect.poll(tableStatus).toBe('missing');
  expect([await secretNames(), await pinsOf(mine), await pinsOf(others)]).toEqual([[], 0, 1]);
  const after = await leftovers();
  expect(after.text).not.toContain(plain(mine));
  expect(after.text).toContain(`sink ${others}`);

  expect(await leftovers('--remove', '--yes', '--task-id', others)).toMatchObject({ code: 0 });
  expect(await pinsOf(others)).toBe(0);
  expect((await leftovers()).text).not.toContain(others);
}, 180_000);
