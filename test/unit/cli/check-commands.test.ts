import { beforeEach, describe, expect, it } from 'vitest';
import {
  failedTable,
  newCheck,
  NOTHING_COMPARED,
  underWay,
  withDone,
  type CheckProgress,
} from '../../../lib/record/check-progress.ts';
import { NOW } from '../../support/api-world.ts';
import { MoCdc, OK, ONE } from '../../support/mo-cdc.ts';
import { scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';
import { readTableKey } from '../../../lib/task/task.ts';

const TABLE = readTableKey('production_db.user_activities');
let tool: MoCdc;

/** What a worker does while the command waits: it finds so many rows missing, or fails. */
async function work(missing: number, failed = false): Promise<void> {
  const { store } = tool.world;
  const lease = { owner: 'w', until: NOW, runsUntil: NOW };
  const got = await store.acquire('activity_sync', lease, NOW);
  if (got.outcome !== 'acquired' || got.record.check === undefined) return;
  const { number, kind } = got.record.check;
  const begun = { ...newCheck(number, kind, NOW - 2_000), tablesTotal: 1 };
  const examples = [{ kind: 'missing' as const, key: 'id=7' }];
  const table = {
    ...NOTHING_COMPARED,
    chunks: 2,
    chunksDone: 1,
    rows: 3,
    missing,
    examples: missing > 0 ? examples : [],
  };
  // First half-way, then done.
  const known = got.record.progress.check;
  const position = { table: TABLE, shape: 's', after: undefined };
  const done = failed ? failedTable(table, 'SINK_TABLE_MISMATCH', 'It is gone.') : { ...table, chunksDone: 2 };
  const check: CheckProgress =
    known?.number === number ? { ...withDone(known, TABLE, done), finishedAt: NOW } : underWay(begun, position, table);
  await store.saveProgress(got.key, { ...got.record.progress, check }, NOW);
  await store.release(got.key);
}

beforeEach(async () => {
  tool = new MoCdc();
  await tool.world.store.create(scenarioRecord());
});

describe('verify and resync', () => {
  it.each(['verify', 'resync'])('%s waits for the end and prints what was found', async (kind) => {
    tool.onSleep = () => void work(0);
    const { code, out } = await tool.run('task', kind, ...ONE, '--tables', TABLE);
    expect(code).toBe(0);
    const expected = { 'task-name': 'activity_sync', kind, state: 'finished', tables: [{ source: TABLE, missing: 0 }] };
    expect(JSON.parse(out)).toMatchObject([expected]);
  });

  it('verify fails when something differs, resync does not', async () => {
    tool.onSleep = () => void work(2);
    const { code, err } = await tool.run('task', 'verify', ...ONE);
    expect(code).toBe(1);
    expect(err).toContain('Source and sink differ.');
    expect(err).toContain('"missing": 2');
    expect((await tool.run('task', 'resync', ...ONE)).code).toBe(0);
  });

  it('fail when a table could not be compared, and say which and why', async () => {
    tool.onSleep = () => void work(0, true);
    for (const kind of ['verify', 'resync']) {
      const { code, err } = await tool.run('task', kind, ...ONE);
      expect(code).toBe(1);
      expect(err).toContain('Some tables could not be compared.');
      expect(err).toContain('"code": "SINK_TABLE_MISMATCH"');
      expect(err).toContain('"message": "It is gone."');
    }
  });

  it('name rows that differ, and tell those who watch how far they are', async () => {
    tool.onSleep = () => void work(2);
    const { err } = await tool.run('task', 'verify', ...ONE);
    expect(err).toContain('"key": "id=7"');
    const line = `activity_sync: table 1 of 1, ${TABLE} chunk 1 of 2, 3 rows, 2 rows/s, about 2 s left`;
    expect(tool.shown.join('\n')).toContain('activity_sync: verify waits for its worker');
    expect(tool.shown.join('\n')).toContain(line);
    expect(tool.shown.at(-1)).toBe('\r\u001b[K');
  });

  it('need not wait', async () => {
    expect(await tool.run('task', 'verify', ...ONE, '--no-wait')).toEqual(OK);
    expect(tool.shown).toEqual([]);
  });

  it.each(['verify', 'resync'])('%s is refused where no worker would do it', async (kind) => {
    await tool.world.store.setDesired('activity_sync', 'paused');
    const { code, err } = await tool.run('task', kind, ...ONE);
    expect(code).toBe(1);
    expect(err).toContain('TASK_NOT_RUNNING: The task "activity_sync" is paused');
    expect(err).toContain('Resume it first');
    expect((await tool.world.store.get('activity_sync'))?.check).toBeUndefined();
  });

  it('do not wait for a task that is paused meanwhile', async () => {
    tool.onSleep = () => void tool.world.store.setDesired('activity_sync', 'paused');
    expect((await tool.run('task', 'resync', ...ONE)).err).toContain(
      'is paused. It goes on comparing when it runs again',
    );
  });

  it('refuse unknown tables, and take sinks of either type', async () => {
    expect((await tool.run('task', 'verify', ...ONE, '--tables', 'a.b')).err).toContain('The task has no table a.b.');
    const spec = { ...scenarioSpec(), name: 'into_mysql', sinkType: 'mysql' as const };
    await tool.world.store.create(scenarioRecord({ id: '0195dbb6-e31e-7572-bfdb-812fd02714a2', spec }));
    expect(await tool.run('task', 'verify', '--task-name', 'into_mysql', '--no-wait')).toEqual(OK);
  });
});
