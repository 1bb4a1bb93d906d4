import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listTasksHandler } from '../../../../lib/http/task-handlers.ts';
import type { TaskList } from '../../../../lib/http/view/task-view-schema.ts';
import { newProgress } from '../../../../lib/record/progress.ts';
import type { TaskRecord } from '../../../../lib/record/task-record.ts';
import { DEFAULT_OPTIONS, readTableKey } from '../../../../lib/task/task.ts';
import { send } from '../../../support/api-events.ts';
import { ApiWorld, NOW } from '../../../support/api-world.ts';
import { PASSWORD, scenarioRecord, scenarioSpec } from '../../../support/scenario-task.ts';

const named = (name: string, change: Partial<TaskRecord> = {}): TaskRecord =>
  scenarioRecord({ id: crypto.randomUUID(), ...change, spec: { ...(change.spec ?? scenarioSpec()), name } });

async function worldOf(...records: TaskRecord[]): Promise<ApiWorld> {
  const world = new ApiWorld();
  for (const record of records) await world.store.create(record);
  return world;
}

const ask = (world: ApiWorld, query: Record<string, string> = {}) => send(listTasksHandler(world), { query });

async function list(world: ApiWorld, query: Record<string, string> = {}): Promise<TaskList> {
  const { status, body } = await ask(world, query);
  expect(status).toBe(200);
  return body as TaskList;
}

describe('GET /tasks', () => {
  it('gives every task once, by name, whatever the size of the pages', async () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme' }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(names, fc.integer({ min: 1, max: 5 }), async (all, limit) => {
        const world = await worldOf(...all.map((name) => named(name)));
        const found: string[] = [];
        for (let next: string | null = ''; next !== null && found.length <= all.length;) {
          const page: TaskList = await list(world, { limit: String(limit), ...(next === '' ? {} : { next }) });
          expect(page.tasks.length).toBeLessThanOrEqual(limit);
          found.push(...page.tasks.map(({ name }) => name));
          next = page.next;
        }
        expect(found).toEqual(all.toSorted((a, b) => (a < b ? -1 : 1)));
      }),
      { numRuns: 50 },
    );
  });

  it('gives those in the states asked for', async () => {
    const failed = {
      code: 'HISTORY_LOST',
      message: '',
      action: '',
      retry: false,
      attempts: 1,
      table: undefined,
    } as const;
    const world = await worldOf(
      named('a', { desired: 'paused' }),
      named('b'),
      named('c', { error: { ...failed, firstAt: 0, lastAt: 0 } }),
      named('d', { runningSince: NOW - 600_000, progress: newProgress(1, NOW - 600_000) }),
    );
    const names = async (query: Record<string, string>) => (await list(world, query)).tasks.map(({ name }) => name);
    expect(await names({ state: 'paused' })).toEqual(['a']);
    expect(await names({ state: 'stalled, failed' })).toEqual(['c', 'd']);
    expect(await names({ state: 'failed,paused,running', limit: '2' })).toEqual(['a', 'b']);
    expect(await names({ state: 'historyLost' })).toEqual(['c']);
    expect(await names({ state: 'finished' })).toEqual([]);
  });

  it('counts tables instead of naming them', async () => {
    const table = (name: string) => ({
      source: { database: 'a', table: name },
      sink: { database: 'b', table: name },
    });
    const spec = scenarioSpec({ tables: ['x', 'y', 'z'].map(table) });
    const tables = { 'a.x': { chunks: 2, chunksDone: 1, rows: 5 } };
    const world = await worldOf(named('t', { spec, progress: { ...newProgress(1, NOW), phase: 'load', tables } }));
    const [task] = (await list(world)).tasks;
    expect(task).toMatchObject({ tables: { count: 3, phases: { loading: 1, waiting: 2 } }, leftOut: 0, dropped: 0 });
    expect(JSON.stringify(task)).not.toContain(PASSWORD);
  });

  it('fits into the answer of an API, however many tables there are', async () => {
    const mapped = Array.from({ length: 1_000 }, (_, number) => {
      const name = { database: 'd'.repeat(64), table: `${'t'.repeat(60)}${number}` };
      return { source: name, sink: name };
    });
    const uri = `mysql://${'u'.repeat(100)}:p@${'h'.repeat(100)}`;
    const reason = 'r'.repeat(200);
    const notes = {
      count: 100,
      first: Array.from({ length: 100 }, () => ({ table: readTableKey('t'.repeat(128)), reason })),
    };
    const error = {
      code: 'SOURCE_ERROR',
      message: 'm'.repeat(5_000),
      action: 'a'.repeat(200),
      retry: true,
      table: undefined,
    } as const;
    const large = {
      spec: scenarioSpec({ tables: mapped, sourceUri: uri, sinkUri: uri, exclude: ['x'.repeat(500)] }),
      progress: { ...newProgress(1, NOW), leftOut: notes, dropped: notes },
      error: { ...error, attempts: 1, firstAt: NOW, lastAt: NOW },
    };
    const world = await worldOf(named('large', large));
    const bytes = Buffer.byteLength((await ask(world)).text);
    expect(bytes * 1_000).toBeLessThan(6 * 1024 * 1024);
    expect(bytes).toBeGreaterThan(Buffer.byteLength(JSON.stringify(DEFAULT_OPTIONS)));
  });

  it.each([
    [{ limit: '0' }, ['limit']],
    [{ limit: '1001' }, ['limit']],
    [{ limit: 'many', state: 'running,broken' }, ['state[1]', 'limit']],
    [{ sort: 'name' }, ['sort']],
  ])('refuses %j, naming what is wrong', async (query: Record<string, string>, settings) => {
    const answer = await ask(await worldOf(named('a')), query);
    expect(answer).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID' } });
    expect((answer.body as { complaints: { setting: string }[] }).complaints.map(({ setting }) => setting)).toEqual(
      settings,
    );
  });
});
