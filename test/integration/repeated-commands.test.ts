import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoDbTaskStore } from '../../lib/dynamodb/dynamodb-task-store.ts';
import type { TaskTable } from '../../lib/dynamodb/task-table.ts';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';
import { withSecretsKept } from '../../lib/store/secret-stores.ts';
import type { TaskRecord } from '../../lib/record/task-record.ts';
import { type MiniStack, startMiniStack } from '../../localstack/ministack.ts';
import { failure } from '../contracts/store-steps.ts';
import { createLocalTable, localTable } from '../support/local-table.ts';
import { MemorySecrets } from '../support/memory-secrets.ts';
import { taskRecord, taskSpec } from '../support/task-records.ts';
import { delayNextWrite, loseNextAnswer } from '../support/unreliable-requests.ts';
import { readTableKey } from '../../lib/task/task.ts';

let server: MiniStack;
let dir: string;
/** The client whose requests are lost, and one of somebody else's. */
let table: TaskTable;
let other: DynamoDbTaskStore;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'repeated-commands-'));
  server = await startMiniStack({ dir });
});
beforeEach(async () => {
  table = await createLocalTable(server.endpoint);
  other = new DynamoDbTaskStore(localTable(server.endpoint, table.name));
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true });
});

const stored = async (): Promise<TaskRecord> => (await other.get('orders')) ?? expect.fail('The task is gone.');

const faster = async (seen: TaskRecord, pollIntervalMs: number): Promise<TaskRecord> =>
  await other.edit(seen, { ...seen.spec, options: { ...seen.spec.options, pollIntervalMs } });

describe('a command whose first answer is lost, so that the SDK repeats it', () => {
  it('creates the task', async () => {
    const lost = loseNextAnswer(table);
    const record = taskRecord('orders');
    await new DynamoDbTaskStore(table).create(record);
    expect(lost()).toBe(true);
    expect(await stored()).toStrictEqual(record);
  });

  it.each(['options', 'tables'] as const)('edits the task, once: %s', async (what) => {
    await other.create(taskRecord('orders'));
    const seen = await stored();
    const lost = loseNextAnswer(table);
    const change = what === 'tables' ? { tables: [] } : { options: { ...seen.spec.options, pollIntervalMs: 777 } };
    const edited = await new DynamoDbTaskStore(table).edit(seen, { ...seen.spec, ...change });
    expect(lost()).toBe(true);
    expect(edited).toMatchObject({ edits: 1, spec: change });
    expect(await stored()).toStrictEqual(edited);
  });

  it('takes nobody else’s edit for its own, also one of the same', async () => {
    await other.create(taskRecord('orders'));
    const seen = await stored();
    await faster(seen, 777);
    const same = { ...seen.spec, options: { ...seen.spec.options, pollIntervalMs: 777 } };
    const late = new DynamoDbTaskStore(table).edit(seen, same);
    await expect(late).rejects.toMatchObject({ code: 'TASK_EDIT_CONFLICT' });
  });

  it('restarts the task, once', async () => {
    await other.create(taskRecord('orders', { generation: 4, desired: 'paused', error: failure }));
    const lost = loseNextAnswer(table);
    const restarted = await new DynamoDbTaskStore(table).restart('orders');
    expect(lost()).toBe(true);
    expect(restarted).toMatchObject({ generation: 5, desired: 'running', error: undefined });
    expect(await stored()).toStrictEqual(restarted);
  });

  it.each(['verify', 'resync'] as const)('asks for a %s, once', async (kind) => {
    await other.create(taskRecord('orders'));
    for (const number of [1, 2]) {
      const client = localTable(server.endpoint, table.name);
      const lost = loseNextAnswer(client);
      const asked = await new DynamoDbTaskStore(client).check('orders', kind, [readTableKey('a.b')]);
      expect(lost()).toBe(true);
      expect(asked.check).toStrictEqual({ number, kind, tables: ['a.b'] });
      expect(await stored()).toStrictEqual(asked);
    }
  });

  it('is not given again by a request that arrives late, when another has been given since', async () => {
    await other.create(taskRecord('orders'));
    const restart = delayNextWrite(table);
    await new DynamoDbTaskStore(table).restart('orders');
    const client = localTable(server.endpoint, table.name);
    const verify = delayNextWrite(client);
    await new DynamoDbTaskStore(client).check('orders', 'verify', undefined);
    await other.restart('orders');
    await other.check('orders', 'resync', undefined);
    const before = await stored();
    expect(before).toMatchObject({ generation: 2, check: { number: 2, kind: 'resync' } });
    await restart();
    await verify();
    expect(await stored()).toStrictEqual(before);
  });

  it('has been given, whatever has been asked for before its repeat', async () => {
    await other.create(taskRecord('orders'));
    loseNextAnswer(table, async () => {
      await other.drop('orders');
    });
    expect(await new DynamoDbTaskStore(table).restart('orders')).toMatchObject({ generation: 1, desired: 'dropping' });
  });
});

describe('an edit of a login whose first answer is lost', () => {
  const FIRST = { sourceUri: 'mysql://u:source-1@a', sinkUri: 'mysql://u:sink-1@b' };

  /** What a worker connects with, after the login was edited and something else happened before the repeat. */
  const passwordsAfter = async (meanwhile: () => Promise<void>): Promise<string[]> => {
    const secrets = new MemorySecrets();
    const kept = withSecretsKept(new DynamoDbTaskStore(table), secrets);
    await kept.create(taskRecord('orders', { spec: taskSpec('orders', FIRST) }));
    const seen = await stored();
    const lost = loseNextAnswer(table, meanwhile);
    await kept.edit(seen, { ...seen.spec, sourceUri: 'mysql://u:source-2@a' }).catch(() => undefined);
    expect(lost()).toBe(true);
    const { spec } = await stored();
    expect([...secrets.kept.values()].map(({ scheduled }) => scheduled)).toStrictEqual([false]);
    return await Promise.all(
      [spec.sourceUri, spec.sinkUri].map(async (uri) => {
        const { secret } = parseDatabaseUri(uri);
        return secret === undefined ? expect.fail() : await secrets.read(secret);
      }),
    );
  };

  it('keeps the new password', async () => {
    expect(await passwordsAfter(() => Promise.resolve())).toStrictEqual(['source-2', 'sink-1']);
  });

  it('keeps it also when somebody else has edited the task since', async () => {
    const meanwhile = async () => {
      await faster(await stored(), 777);
    };
    expect(await passwordsAfter(meanwhile)).toStrictEqual(['source-2', 'sink-1']);
  });
});
