import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS } from '../../../lib/task/task.ts';
import { MoCdc, OK, ONE } from '../../support/mo-cdc.ts';
import { scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';

let tool: MoCdc;
const EDIT = ['task', 'edit', ...ONE];
const spec = async () => (await tool.world.store.get('activity_sync'))?.spec;

beforeEach(async () => {
  tool = new MoCdc();
  await tool.world.store.create(scenarioRecord());
});

describe('task edit', () => {
  it('adds and removes tables', async () => {
    const remove = ['--remove-tables', 'production_db.user_activities'];
    expect(await tool.run(...EDIT, '--add-tables', 'a.b:c.d,a.e', ...remove)).toEqual(OK);
    expect((await spec())?.tables.map(({ sink }) => `${sink.database}.${sink.table}`)).toEqual(['c.d', 'a.e']);
  });

  it('changes single options, and leaves the others', async () => {
    const options = { ...DEFAULT_OPTIONS, endTs: '2099-01-01T00:00:00.000Z', sendSqlTimeoutMs: 5_000 };
    await tool.world.store.create(
      scenarioRecord({ id: crypto.randomUUID(), spec: scenarioSpec({ name: 'b', options }) }),
    );
    const more = ['--no-end-ts', '--no-send-sql-timeout', '--error-handle-option=ignore', '--frequency', '5m'];
    expect(await tool.run('task', 'edit', '--task-name', 'b', ...more)).toEqual(OK);
    expect((await tool.world.store.get('b'))?.spec.options).toEqual({
      ...DEFAULT_OPTIONS,
      tableErrors: 'ignore',
      mode: 'tick',
      pollIntervalMs: 300_000,
    });
  });

  it('changes patterns, and leaves none', async () => {
    const databases = [{ source: 'a', sink: 'b' }];
    const record = scenarioRecord({
      id: crypto.randomUUID(),
      spec: scenarioSpec({ name: 'b', level: 'database', tables: [], databases, exclude: ['x'] }),
    });
    await tool.world.store.create(record);
    const edit = ['task', 'edit', '--task-name', 'b'];
    expect(await tool.run(...edit, '--exclude', 'y', '--exclude', 'z', '--add-databases', 'c:d')).toEqual(OK);
    expect((await tool.world.store.get('b'))?.spec).toMatchObject({
      exclude: ['y', 'z'],
      databases: [{}, { sink: 'd' }],
    });
    expect(await tool.run(...edit, '--no-exclude', '--exclude', 'w')).toEqual(OK);
    expect((await tool.world.store.get('b'))?.spec.exclude).toEqual(['w']);
    expect(await tool.run(...edit, '--no-exclude')).toEqual(OK);
    expect((await tool.world.store.get('b'))?.spec.exclude).toEqual([]);
  });

  it('gives the ends another login, which it does not print', async () => {
    expect(await tool.run(...EDIT, '--new-source-uri', 'mysql://root:hunter2@127.0.0.1:6001')).toEqual(OK);
    expect((await spec())?.sourceUri).toBe('mysql://root:hunter2@127.0.0.1:6001');
    const { code, err } = await tool.run(...EDIT, '--new-sink-uri=hunter2');
    expect(code).toBe(1);
    expect(err).toContain('sinkUri');
  });

  it.each([[['--no-full']], [['--level', 'account']], [['--mode', 'fast']]])('does not understand %j', async (more) => {
    expect((await tool.run(...EDIT, ...more)).code).toBe(2);
    expect(tool.sent).toEqual([]);
  });

  it('says what the task does not have', async () => {
    const { code, err } = await tool.run(...EDIT, '--remove-tables', 'no.such');
    expect(code).toBe(1);
    expect(err).toContain('removeTables: The task does not have no.such.');
  });
});
