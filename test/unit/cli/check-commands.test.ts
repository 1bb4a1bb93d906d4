import { beforeEach, describe, expect, it } from 'vitest';
import type { CheckProgress } from '../../../lib/replication/progress.ts';
import { NOW } from '../../support/api-world.ts';
import { MoCdc, OK, ONE } from '../../support/mo-cdc.ts';
import { scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';

const TABLE = 'production_db.user_activities';
let tool: MoCdc;

/** What a worker does while the command waits: it finds so many rows missing. */
async function work(missing: number): Promise<void> {
  const { store } = tool.world;
  const lease = { owner: 'w', until: NOW, runsUntil: NOW };
  const got = await store.acquire('activity_sync', lease, NOW);
  if (got.outcome !== 'acquired' || got.record.check === undefined) return;
  const { number, kind } = got.record.check;
  const table = { done: true, chunks: 1, chunksDone: 1, rows: 3, missing, extra: 0, different: 0 };
  const check: CheckProgress = { number, kind, startedAt: NOW, finishedAt: NOW, tables: { [TABLE]: table } };
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

  it('need not wait, and do not wait for a task that is paused', async () => {
    expect(await tool.run('task', 'verify', ...ONE, '--no-wait')).toEqual(OK);
    await tool.world.store.setDesired('activity_sync', 'paused');
    expect((await tool.run('task', 'resync', ...ONE)).err).toContain('is paused');
  });

  it('refuse unknown tables, and verify a sink that prints values otherwise', async () => {
    expect((await tool.run('task', 'verify', ...ONE, '--tables', 'a.b')).err).toContain('The task has no table a.b.');
    const spec = { ...scenarioSpec(), name: 'into_mysql', sinkType: 'mysql' as const };
    await tool.world.store.create(scenarioRecord({ id: '0195dbb6-e31e-7572-bfdb-812fd02714a2', spec }));
    expect((await tool.run('task', 'verify', '--task-name', 'into_mysql')).err).toContain('VERIFY_UNSUPPORTED');
  });
});
