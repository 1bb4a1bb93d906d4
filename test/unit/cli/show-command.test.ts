import { parse } from 'yaml';
import { beforeEach, describe, expect, it } from 'vitest';
import { newProgress } from '../../../lib/record/progress.ts';
import { position } from '../../../lib/data/position.ts';
import { NOW } from '../../support/api-world.ts';
import { MoCdc, ONE, SOURCE } from '../../support/mo-cdc.ts';
import { scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';
import { readTableKey } from '../../../lib/task/task.ts';

let tool: MoCdc;
const table = (name: string) => ({ source: { database: 'a', table: name }, sink: { database: 'b', table: name } });

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
    const checkpoint = { name: 'p', ts: position('1743145304030821000-7') };
    await tool.world.store.create({ ...record, progress: { ...newProgress(1, NOW), phase: 'window', checkpoint } });
    const { out } = await tool.run('task', 'show');
    expect(out).toContain(
      String.raw`"checkpoint": "{\n  \"production_db.user_activities\": 2025-03-28 15:01:44.030821 +0800 CST,\n}"`,
    );
  });

  it('moves the checkpoint on while the source has nothing new', async () => {
    const checkpoint = { name: 'p', ts: position('1743145304030821000') };
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

  it('shows which tables failed and where they stood, as mo_cdc does', async () => {
    const error = {
      code: 'SINK_ROW_REJECTED',
      message: 'Too\n long.',
      action: 'Mend.',
      retry: false,
      table: undefined,
    } as const;
    const failed = { ...record, error: { ...error, attempts: 1, firstAt: 0, lastAt: 0 } };
    await tool.world.store.create(failed);
    const checkpointOf = async () =>
      (JSON.parse((await tool.run('task', 'show')).out) as { checkpoint: string }[]).map((task) => task.checkpoint)[0];
    expect(await checkpointOf()).toBe(
      '{\n  "production_db.user_activities": 1970-01-01 08:00:00 +0800 CST(Failed, error: SINK_ROW_REJECTED: Too long.),\n}',
    );
    const checkpoint = { name: 'p', ts: position('1743145304030821000-7') };
    tool = new MoCdc();
    await tool.world.store.create({ ...failed, progress: { ...newProgress(1, NOW), phase: 'window', checkpoint } });
    expect(await checkpointOf()).toBe(
      '{\n  "production_db.user_activities": 2025-03-28 15:01:44.030821 +0800 CST(Failed, error: SINK_ROW_REJECTED: Too long.),\n}',
    );
    tool = new MoCdc();
    await tool.world.store.create({ ...failed, error: { ...failed.error, retry: true } });
    expect(await checkpointOf()).toBe('{\n}');
  });

  it('shows the error of one table as that one’s alone, with its sink table', async () => {
    const spec = scenarioSpec({ tables: ['good', 'bad'].map((name) => table(name)) });
    const checkpoint = { name: 'p', ts: position(`${NOW - 1_000}000000`) };
    const told = { code: 'SINK_DUPLICATE_KEY', message: 'Duplicate.', action: 'Mend it.', retry: false } as const;
    const error = { ...told, table: readTableKey('a.bad'), attempts: 1, firstAt: 0, lastAt: 0 };
    const progress = { ...newProgress(1, NOW), phase: 'window', checkpoint } as const;
    await tool.world.store.create({ ...record, spec, progress, error });
    const [shown] = JSON.parse((await tool.run('task', 'show')).out) as Record<string, string>[];
    expect(shown).toMatchObject({
      state: 'failed',
      'err-msg': 'SINK_DUPLICATE_KEY: a.bad to b.bad: Duplicate. Mend it.',
      checkpoint:
        '{\n  "a.good": 2025-03-28 15:29:59 +0800 CST,\n' +
        '  "a.bad": 2025-03-28 15:29:59 +0800 CST(Failed, error: SINK_DUPLICATE_KEY: Duplicate.),\n}',
    });
    expect((await tool.run('task', 'show', '-o', 'wide')).out).toContain('a.bad to b.bad: Duplicate.');
  });

  it('shows a table that is set aside where it stood, beside those that go on', async () => {
    const spec = scenarioSpec({ tables: ['good', 'bad'].map((name) => table(name)) });
    const checkpoint = { name: 'p', ts: position(`${NOW - 1_000}000000`) };
    const error = { code: 'SINK_ROW_REJECTED', message: 'Too long.', action: 'Mend it.', check: 0 } as const;
    const aside = { 'a.bad': { ...error, at: NOW - 60_000 } };
    const progress = { ...newProgress(1, NOW), phase: 'window', checkpoint, aside } as const;
    await tool.world.store.create({ ...record, spec, progress });
    const [shown] = JSON.parse((await tool.run('task', 'show')).out) as { state: string; checkpoint: string }[];
    expect(shown).toMatchObject({
      state: 'running',
      checkpoint:
        '{\n  "a.good": 2025-03-28 15:29:59 +0800 CST,\n' +
        '  "a.bad": 2025-03-28 15:29:00 +0800 CST(Failed, error: SINK_ROW_REJECTED: Too long.),\n}',
    });
    const { out } = await tool.run('task', 'show', '-o', 'wide');
    expect(out).toContain('  set aside: a.bad: SINK_ROW_REJECTED at 2025-03-28T07:29:00.000Z: Too long.\n    Mend it.');
    expect(out).toMatch(/a\.bad +b\.bad +setAside /u);
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

describe('task show --output', () => {
  const load = {
    ...newProgress(1, NOW),
    phase: 'load',
    loadPin: { name: 'p', ts: position(`${NOW - 90_000}000000`) },
    rowsLoaded: 150,
    loadRun: { since: NOW - 60_000, rows: 30 },
    tables: {
      'a.done': { chunks: 2, chunksDone: 2, rows: 100, total: 100 },
      'a.half': { chunks: 3, chunksDone: 1, rows: 50, total: 170 },
      'a.next': { chunks: 0, chunksDone: 0, rows: 0, total: 120 },
    },
    leftOut: { count: 2, first: [{ table: readTableKey('a.view'), reason: 'it is a view' }] },
  } as const;
  const error = {
    code: 'SINK_LOCKED',
    message: 'Busy.',
    action: 'Wait.',
    retry: true,
    attempts: 3,
    firstAt: NOW - 5_000,
    lastAt: NOW - 1_000,
    table: undefined,
  } as const;

  it('json is the document, word for word', async () => {
    await tool.world.store.create(scenarioRecord());
    expect(await tool.run('task', 'show', '--output', 'json')).toEqual(await tool.run('task', 'show'));
    expect(await tool.run('task', 'list', '-o', 'json')).toEqual(await tool.run('task', 'show'));
  });

  it('table is what list prints, from one request', async () => {
    for (const name of ['a', 'b']) await tool.world.store.create(scenarioRecord({ spec: scenarioSpec({ name }) }));
    const shown = await tool.run('task', 'show', '--output', 'table');
    expect(tool.sent).toEqual(['GET /tasks']);
    expect(shown).toEqual(await tool.run('task', 'list'));
    expect((await tool.run('task', 'show', '--task-name', 'b', '--output=table')).out.split('\n')[1]).toMatch(/^b /u);
  });

  it('wide has a line for each table, and what went wrong', async () => {
    const spec = scenarioSpec({ tables: ['done', 'half', 'next'].map(table) });
    await tool.world.store.create(scenarioRecord({ spec, progress: load, error }));
    const { code, out } = await tool.run('task', 'show', '--output', 'wide');
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'NAME           STATE     PHASE  PACE        LAG  RATIO  TABLES  ROWS LOADED  ROWS APPLIED  UNDER WAY  TIME LEFT  HISTORY  PROGRESS  ERROR',
      'activity_sync  retrying  load   continuous  -    -      3       150          0             0          2m00s      1m30s    0.0s ago  SINK_LOCKED',
      '',
      'activity_sync:',
      '  SINK_LOCKED, 3 times since 2025-03-28T07:29:55.000Z, last at 2025-03-28T07:29:59.000Z: Busy.',
      '  Wait.',
      '  TABLE   SINK    PHASE    ROWS  PERCENT  TIME LEFT',
      '  a.done  b.done  loaded   100   100%     0.0s',
      '  a.half  b.half  loading  50    29%      1m00s',
      '  a.next  b.next  waiting  0     0%       1m00s',
      '  left out: a.view: it is a view',
      '  left out: 1 more',
      '',
    ]);
  });

  it('wide says since when a task is stalled', async () => {
    const progress = { ...newProgress(1, NOW - 3 * 3_600_000), phase: 'load' } as const;
    await tool.world.store.create(scenarioRecord({ progress, runningSince: 0 }));
    expect((await tool.run('task', 'show', '-o', 'wide')).out).toContain('Nothing has come forward for 3h00m.');
  });

  it('warns of history that is about to be lost, in every form', async () => {
    const checkpoint = { name: '', ts: position(`${NOW - 3_500_000}000000`) };
    const progress = { ...newProgress(1, NOW), phase: 'window', checkpoint, pitrReach: 3_600_000 } as const;
    await tool.world.store.create(scenarioRecord({ progress, desired: 'paused' }));
    const told = `HISTORY_EXPIRING: The PITR that holds the history of the task does so only until ${new Date(NOW + 100_000).toISOString()}.`;
    expect(JSON.parse((await tool.run('task', 'show')).out)).toMatchObject([
      { state: 'paused', 'err-msg': expect.stringContaining(told) as string },
    ]);
    expect((await tool.run('task', 'show', '-o', 'wide')).out).toContain(told);
    expect((await tool.run('task', 'list')).out).toContain('HISTORY_EXPIRING');
  });

  it('is one of four', async () => {
    expect(await tool.run('task', 'show', '--output', 'xml')).toMatchObject({ code: 2, out: '' });
  });
});

it('a task that goes while all are shown is left out', async () => {
  for (const name of ['a', 'b']) await tool.world.store.create(scenarioRecord({ spec: scenarioSpec({ name }) }));
  const { fetch } = tool;
  tool.fetch = (url, request) => fetch(url.pathname === '/tasks/a' ? new URL('/tasks/gone', url) : url, request);
  const { code, out } = await tool.run('task', 'show');
  expect([code, (JSON.parse(out) as object[]).length]).toEqual([0, 1]);
});

it('tasks on many pages are all listed', async () => {
  for (const name of ['a', 'b', 'c']) await tool.world.store.create(scenarioRecord({ spec: scenarioSpec({ name }) }));
  const { fetch } = tool;
  tool.fetch = (url, request) => {
    const page = new URL(url);
    page.searchParams.set('limit', '1');
    return fetch(page, request);
  };
  const { out } = await tool.run('task', 'list');
  expect(out.split('\n').map((line) => line.slice(0, 4).trim())).toEqual(['NAME', 'a', 'b', 'c', '']);
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

describe('--output yaml', () => {
  it('has all fields that the API shows, and no password', async () => {
    await tool.world.store.create(scenarioRecord());
    const { out } = await tool.run('task', 'show', '--task-name', 'activity_sync', '--output', 'yaml');
    const answer = await tool.fetch(new URL('http://h/tasks/activity_sync'), { method: 'GET' });
    expect(parse(out)).toEqual([await answer.json()]);
    expect(out).toMatch(/^ {2}sourceUri: mysql:\/\/root:\*{6}@127\.0\.0\.1:6001$/mu);
  });

  it.each(['a\u202eb', 'a\u{e0041}b', 'a\u001b[31m\u009b\u202e\u{e0041}b: #\n- c'])(
    'keeps %j as it is, although the terminal gets no control characters',
    async (text) => {
      const spec = scenarioSpec({ exclude: [text], level: 'account', tables: [] });
      await tool.world.store.create(scenarioRecord({ spec }));
      const { out } = await tool.run('task', 'show', '--output', 'yaml');
      expect(out).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
      expect(parse(out)).toMatchObject([{ exclude: [text] }]);
    },
  );
});
