import { beforeEach, describe, expect, it } from 'vitest';
import { newProgress } from '../../../lib/replication/progress.ts';
import { NOW } from '../../support/api-world.ts';
import { MoCdc, ONE, SOURCE } from '../../support/mo-cdc.ts';
import { scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';

let tool: MoCdc;

beforeEach(() => {
  tool = new MoCdc();
});

describe('task show', () => {
  const record = scenarioRecord();

  it('prints the document of the scenario', async () => {
    await tool.world.store.create(record);
    const { code, out } = await tool.run('task', 'show', ...ONE);
    expect(code).toBe(0);
    expect(out).toBe(`[
  {
    "task-id": "0195dbb6-e31e-7572-bfdb-812fd02714a1",
    "task-name": "activity_sync",
    "source-uri": "mysql://root:******@127.0.0.1:6001",
    "sink-uri": "mysql://acc:admin:******@10.0.0.7:6001",
    "state": "running",
    "err-msg": "",
    "checkpoint": "{\\n}",
    "timestamp": "2025-03-28 15:30:00 +0800 CST"
  }
]
`);
  });

  it('prints the checkpoint as mo_cdc does, by source table', async () => {
    const checkpoint = { name: 'p', ts: '1743145304030821000-7' };
    await tool.world.store.create({ ...record, progress: { ...newProgress(1, NOW), phase: 'window', checkpoint } });
    const { out } = await tool.run('task', 'show');
    expect(out).toContain(
      String.raw`"checkpoint": "{\n  \"production_db.user_activities\": 2025-03-28 15:01:44.030821 +0800 CST,\n}"`,
    );
  });

  it('moves the checkpoint on while the source has nothing new', async () => {
    const checkpoint = { name: 'p', ts: '1743145304030821000' };
    const progress = { ...newProgress(1, NOW), checkpoint, caughtUpAt: NOW - 200 };
    await tool.world.store.create({ ...record, progress });
    expect((await tool.run('task', 'show')).out).toContain('user_activities\\": 2025-03-28 15:29:59.8 +0800 CST');
  });

  it('shows the error and what to do', async () => {
    const error = { code: 'HISTORY_LOST', message: 'Gone.', action: 'Restart.', retry: false } as const;
    await tool.world.store.create({
      ...record,
      error: { ...error, attempts: 1, firstAt: 0, lastAt: 0, table: undefined },
    });
    const { out } = await tool.run('task', 'show');
    expect(JSON.parse(out)).toMatchObject([{ state: 'failed', 'err-msg': 'HISTORY_LOST: Gone. Restart.' }]);
  });

  it('shows all tasks, or those of a source', async () => {
    expect((await tool.run('task', 'show')).out).toBe('[]\n');
    await tool.world.store.create(record);
    await tool.world.store.create({
      ...record,
      spec: scenarioSpec({ name: '另一个', sourceUri: 'mysql://a:b@other' }),
    });
    const names = async (...args: string[]) =>
      (JSON.parse((await tool.run('task', 'show', ...args)).out) as { 'task-name': string }[]).map(
        (t) => t['task-name'],
      );
    expect(await names()).toEqual(['activity_sync', '另一个']);
    expect(await names('--all', '--source-uri', SOURCE)).toEqual(['activity_sync']);
    expect(await names('--task-name', '另一个')).toEqual(['另一个']);
  });

  it('does not find a task of another name or of another source', async () => {
    await tool.world.store.create(record);
    const others = [
      ['--task-name', 'x'],
      ['--task-name', 'activity_sync', '--source-uri', 'mysql://root:111@127.0.0.2:6001'],
      ['--task-name', 'activity_sync', '--source-uri', 'mysql://other:111@127.0.0.1:6001'],
    ];
    for (const args of others) {
      const { code, err } = await tool.run('task', 'show', ...args);
      expect(code).toBe(1);
      expect(err).toContain('TASK_NOT_FOUND');
    }
  });
});

describe('task list', () => {
  it('prints a line for every task', async () => {
    await tool.world.store.create(scenarioRecord({ spec: scenarioSpec({ name: '用户' }) }));
    await tool.world.store.create(scenarioRecord({ spec: scenarioSpec({ name: '😀' }) }));
    await tool.world.store.create(scenarioRecord());
    expect((await tool.run('task', 'list')).out).toBe(
      [
        'NAME           STATE    PHASE  LAG  TABLES  ROWS LOADED  ROWS APPLIED  ERROR',
        'activity_sync  running  new    -    1       0            0',
        '用户           running  new    -    1       0            0',
        '😀             running  new    -    1       0            0',
        '',
      ].join('\n'),
    );
  });
});
