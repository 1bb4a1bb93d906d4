import { beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../../lib/logger.ts';
import type { Connectors } from '../../../lib/replication/endpoints/connectors.ts';
import { createTask, type CreateContext } from '../../../lib/commands/create-task.ts';
import { dropTask, pauseTask, restartTask, resumeTask } from '../../../lib/commands/control-task.ts';
import { showTask } from '../../../lib/commands/read-tasks.ts';
import { editedSpec } from '../../../lib/task/edit-spec.ts';
import { complain, Rejection } from '../../../lib/task/rejection.ts';
import type { TaskSpec } from '../../../lib/task/task.ts';
import { memorySink, MemorySinkServer } from '../../support/memory-sink.ts';
import { memorySchema, MemoryServer, memorySource } from '../../support/memory-source.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { PASSWORD, scenarioSpec } from '../../support/scenario-task.ts';
import { listed } from '../../support/listed.ts';

let store: MemoryStore;
let started: string[];
let logged: string[];
let context: CreateContext;
const NAME = 'activity_sync';
const { signal } = new AbortController();

const connectors = (found = [] as Awaited<ReturnType<ReturnType<Connectors['source']>['check']>>): Connectors => ({
  source: (spec) => {
    const server = new MemoryServer();
    for (const mapping of spec.tables) server.create(memorySchema(mapping.source));
    return { ...memorySource(server), check: () => Promise.resolve(found) };
  },
  sink: (_spec, id) => memorySink(new MemorySinkServer(), id),
});

const rejection = async (spec: TaskSpec): Promise<Rejection> => {
  const error: unknown = await createTask(context, spec, signal).catch((reason: unknown) => reason);
  if (error instanceof Rejection) return error;
  throw error;
};

beforeEach(() => {
  store = new MemoryStore();
  started = [];
  logged = [];
  context = {
    store,
    connectors: connectors(),
    clock: { now: () => 1_743_147_000_000, sleep: () => Promise.resolve() },
    starter: { start: (name) => Promise.resolve(void started.push(name)) },
    log: createLog({}, (line) => void logged.push(line)),
  };
});

describe('createTask', () => {
  it('stores the task and starts a worker', async () => {
    const record = await createTask(context, scenarioSpec(), signal);
    expect(await store.get(NAME)).toEqual(record);
    expect(record).toMatchObject({ desired: 'running', epoch: 0, createdAt: 1_743_147_000_000 });
    expect(record.id).toMatch(/^0195db/u);
    expect(started).toEqual([NAME]);
  });

  it('refuses a name that is taken', async () => {
    await createTask(context, scenarioSpec(), signal);
    await expect(createTask(context, scenarioSpec(), signal)).rejects.toMatchObject({ code: 'TASK_EXISTS' });
  });

  it('says everything that is wrong at once, and stores nothing', async () => {
    const wrong = scenarioSpec({ name: 'a/b', sourceUri: `root:${PASSWORD}@h`, sinkUri: `mysql://u:${PASSWORD}@h:0` });
    const { code, complaints, message } = await rejection(wrong);
    expect(code).toBe('REQUEST_INVALID');
    expect(complaints.map((complaint) => complaint.setting)).toEqual(['taskName', 'sourceUri', 'sinkUri']);
    expect(JSON.stringify([complaints, message])).not.toContain(PASSWORD);
    expect(await listed(store.list())).toEqual([]);
  });

  it('refuses to copy a table onto itself', async () => {
    const table = { database: 'db', table: 't' };
    const { sourceUri } = scenarioSpec();
    const { complaints } = await rejection(
      scenarioSpec({ sinkUri: sourceUri, tables: [{ source: table, sink: table }] }),
    );
    expect(complaints.map((complaint) => complaint.code)).toEqual(['MAPPING_INVALID']);
  });

  it('stores nothing when an end complains', async () => {
    const complaint = complain('TABLE_WITHOUT_KEY', 'tables', 'production_db.user_activities has no primary key.');
    context = { ...context, connectors: connectors([complaint]) };
    expect(await rejection(scenarioSpec())).toMatchObject({ code: 'TASK_REJECTED', complaints: [complaint] });
    expect(await listed(store.list())).toEqual([]);
    expect(started).toEqual([]);
  });

  it('accepts the task when no worker can be started: the schedule will', async () => {
    context = { ...context, starter: { start: () => Promise.reject(new Error('throttled')) } };
    await createTask(context, scenarioSpec(), signal);
    expect(await store.get(NAME)).toBeDefined();
    expect(logged.join()).toContain('throttled');
    expect(logged.join()).not.toContain(PASSWORD);
  });
});

describe('commands of a task', () => {
  beforeEach(async () => {
    await createTask(context, scenarioSpec(), signal);
    started.length = 0;
  });

  it('pauses, again and again, without a worker', async () => {
    expect((await pauseTask(context, NAME)).desired).toBe('paused');
    expect((await pauseTask(context, NAME)).desired).toBe('paused');
    expect(started).toEqual([]);
  });

  it('resumes where it was, and starts a worker', async () => {
    await pauseTask(context, NAME);
    expect(await resumeTask(context, NAME)).toMatchObject({ desired: 'running', generation: 1 });
    expect(started).toEqual([NAME]);
  });

  it('restarts from scratch, and starts a worker', async () => {
    expect(await restartTask(context, NAME)).toMatchObject({ desired: 'running', generation: 2 });
    expect(started).toEqual([NAME]);
  });

  it('drops, and starts a worker to clean up', async () => {
    expect((await dropTask(context, NAME)).desired).toBe('dropping');
    expect(started).toEqual([NAME]);
    await expect(pauseTask(context, NAME)).rejects.toMatchObject({ code: 'TASK_DROPPING' });
    await expect(createTask(context, scenarioSpec(), signal)).rejects.toMatchObject({ code: 'TASK_DROPPING' });
  });

  it('shows one and lists all', async () => {
    await createTask(context, scenarioSpec({ name: '另一个' }), signal);
    expect((await showTask(store, NAME)).spec.name).toBe(NAME);
    expect((await listed(store.list())).map((record) => record.spec.name)).toEqual([NAME, '另一个']);
  });

  it('does not know tasks that are not there', async () => {
    await expect(showTask(store, 'x')).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    for (const command of [pauseTask, resumeTask, restartTask, dropTask]) {
      await expect(command(context, 'x')).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    }
    expect(started).toEqual([]);
  });
});

describe('a sink of MySQL or MariaDB', () => {
  it('is encrypted unless the URI says otherwise, in what is stored and from the first look on', async () => {
    const looked: string[] = [];
    const ends = connectors();
    const seen: Connectors = {
      source: (spec, until) => ends.source(spec, until),
      sink: (spec, id, until) => {
        looked.push(spec.sinkUri);
        return ends.sink(spec, id, until);
      },
    };
    const uri = `mysql://u:${PASSWORD}@db:3306`;
    for (const [name, given, stored] of [
      ['a', uri, `${uri}?tls=required`],
      ['b', `${uri}?tls=preferred`, `${uri}?tls=preferred`],
    ] as const) {
      const spec = scenarioSpec({ name, sinkType: 'mysql', sinkUri: given });
      const record = await createTask({ ...context, connectors: seen }, spec, signal);
      expect(record.spec.sinkUri).toBe(stored);
      expect(looked.splice(0)).toContain(stored);
    }
  });

  it('that a task was given before is spoken to as it was, until its URI is edited', () => {
    const uri = `mysql://u:${PASSWORD}@db:3306`;
    const spec = scenarioSpec({ sinkType: 'mysql', sinkUri: uri });
    expect(editedSpec(spec, { options: { pollIntervalMs: 5_000 } }).sinkUri).toBe(uri);
    expect(editedSpec(spec, { sinkUri: uri }).sinkUri).toBe(`${uri}?tls=required`);
  });
});
