import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { omit } from '../../../../lib/omit.ts';
import { listTasksHandler } from '../../../../lib/http/task-handlers.ts';
import { type TaskList, taskSummarySchema } from '../../../../lib/http/view/task-view-schema.ts';
import { taskList } from '../../../../lib/http/view/task-list.ts';
import { taskView } from '../../../../lib/http/view/task-view.ts';
import { position } from '../../../../lib/data/position.ts';
import { newProgress, PHASES, type Progress } from '../../../../lib/record/progress.ts';
import type { TaskRecord } from '../../../../lib/record/task-record.ts';
import { nameOf } from '../../../../lib/task/table-selection.ts';
import { DEFAULT_OPTIONS, LEVELS, readTableKey } from '../../../../lib/task/task.ts';
import { send } from '../../../support/api-events.ts';
import { ApiWorld, NOW } from '../../../support/api-world.ts';
import { PASSWORD, scenarioRecord, scenarioSpec } from '../../../support/scenario-task.ts';

const TABLES = ['a.w', 'a.x', 'a.y', 'b.z'].map(readTableKey);
const counted = fc.record({ chunks: fc.nat(2), chunksDone: fc.nat(2), rows: fc.nat(9) });
const note = { code: 'SINK_ROW_REJECTED', message: '', action: '', at: NOW, check: 0 } as const;
const noted = fc.record({ count: fc.nat(9), first: fc.constant([]) });
const pin = { name: 'mo_cdc_x', ts: position(`${NOW - 500}030821-0`) };

const progress: fc.Arbitrary<Progress> = fc
  .record({
    phase: fc.constantFrom(...PHASES),
    tables: fc.dictionary(fc.constantFrom(...TABLES), counted),
    missing: fc.subarray(['a.x', 'b.z'].map(readTableKey)),
    aside: fc.dictionary(fc.constantFrom('a.y', 'a.w'), fc.constant(note), { noNullPrototype: true }),
    pending: fc.option(fc.constant({ number: 3, until: pin, selection: 0 }), { nil: undefined }),
    checkpoint: fc.option(fc.constant(pin), { nil: undefined }),
    loadRun: fc.option(fc.constant({ since: NOW - 100, rows: 1 }), { nil: undefined }),
    keptByPitr: fc.boolean(),
    rowsLoaded: fc.nat(99),
    ...{ leftOut: noted, simplified: noted, compared: noted, dropped: noted },
  })
  .map((change) => ({ ...newProgress(1, NOW), ...change }));

const records: fc.Arbitrary<TaskRecord> = fc
  .record({ level: fc.constantFrom(...LEVELS), named: fc.subarray([...TABLES]), generation: fc.nat(1), progress })
  .map(({ level, named, generation, progress }) => {
    const tables = named.map((key) => ({ source: nameOf(key), sink: nameOf(key) }));
    const declared =
      level === 'table'
        ? { tables }
        : { tables: [], databases: level === 'database' ? [{ source: 'a', sink: 'c' }] : [] };
    return scenarioRecord({ spec: scenarioSpec({ level, ...declared }), generation: generation + 1, progress });
  });

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

  it('says of each task what show says, with counts in place of tables and notes', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.integer({ min: NOW - 1_000_000, max: NOW + 1_000_000 }), async (record, now) => {
        const shown = omit(taskView(record, now), 'databases', 'exclude', 'check');
        const phases: Record<string, number> = {};
        for (const { phase } of shown.tables) phases[phase] = (phases[phase] ?? 0) + 1;
        const world = await worldOf(record);
        const [task] = (await taskList(world.store, { limit: 9, state: undefined, next: undefined }, now)).tasks;
        const { leftOut, simplified, compared, dropped, tables } = shown;
        expect(task).toEqual({
          ...shown,
          tables: { count: tables.length, phases },
          ...{ leftOut: leftOut.count, simplified: simplified.count, compared: compared.count, dropped: dropped.count },
        });
        expect(taskSummarySchema.parse(task)).toEqual(task);
      }),
    );
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
