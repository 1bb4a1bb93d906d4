import { beforeEach, describe, expect, it } from 'vitest';
import type { SignedFetch } from '../../../lib/aws/signed-fetch.ts';
import { ApiClient } from '../../../lib/cli/api-client.ts';
import { run } from '../../../lib/cli/run.ts';
import { newProgress } from '../../../lib/replication/progress.ts';
import { complain } from '../../../lib/task/rejection.ts';
import { apiFetch } from '../../support/api-fetch.ts';
import { ApiWorld, NOW } from '../../support/api-world.ts';
import { PASSWORD, scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';

let world: ApiWorld;
let sent: string[];
let fetch: SignedFetch;
let onSleep: () => void;
let time: number;

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function moCdc(...args: string[]): Promise<Run> {
  let out = '';
  let err = '';
  const clock = {
    now: () => time,
    sleep: (milliseconds: number) => {
      time += milliseconds;
      onSleep();
      return Promise.resolve();
    },
  };
  const code = await run(args, {
    out: (text) => void (out += text),
    error: (text) => void (err += text),
    clock,
    zone: 'Asia/Shanghai',
    connect: () => Promise.resolve(new ApiClient('http://localhost/', fetch)),
  });
  expect(out + err).not.toContain(PASSWORD);
  return { code, out, err };
}

const SOURCE = `mysql://root:${PASSWORD}@127.0.0.1:6001`;
const OK: Run = { code: 0, out: 'OK\n', err: '' };
const CREATE = [
  ...['task', 'create', '--task-name', 'activity_sync', '--source-uri', SOURCE],
  ...['--sink-type', 'matrixone', '--sink-uri', `mysql://root:${PASSWORD}@10.222.0.1:6001`, '--level', 'table'],
  ...['--tables', 'production_db.user_activities:analytics_db.analytics_activities'],
];
const ONE = ['--task-name', 'activity_sync', '--source-uri', SOURCE];

beforeEach(() => {
  world = new ApiWorld();
  sent = [];
  fetch = apiFetch(world, sent);
  onSleep = () => undefined;
  time = NOW;
});

describe('task create', () => {
  it('runs the command of the scenario', async () => {
    expect(await moCdc(...CREATE)).toEqual(OK);
    expect((await world.store.get('activity_sync'))?.spec).toMatchObject({ sourceUri: SOURCE, level: 'table' });
  });

  it('passes our own options on', async () => {
    const more = ['--poll-interval', '5s', '--existing-rows=replace', '--mode', 'tick'];
    expect(await moCdc(...CREATE, ...more)).toEqual(OK);
    expect((await world.store.get('activity_sync'))?.spec.options).toMatchObject({
      pollIntervalMs: 5_000,
      existingRows: 'replace',
      mode: 'tick',
    });
  });

  it('prints every complaint on a line of its own', async () => {
    world.complaints = [
      complain('TABLE_WITHOUT_KEY', 'tables', 'a.b has no primary key.'),
      complain('SOURCE_PRIVILEGE', 'sourceUri', 'root may not create snapshots.'),
    ];
    const { code, out, err } = await moCdc(...CREATE);
    expect([code, out]).toEqual([1, '']);
    expect(err.split('\n')).toEqual([
      'error: TASK_REJECTED: Mend what each complaint names and create the task again.',
      expect.stringMatching(/^- tables: a\.b has no primary key\. \(TABLE_WITHOUT_KEY\) Add a primary key/u),
      expect.stringMatching(/^- sourceUri: root may not create snapshots\. \(SOURCE_PRIVILEGE\) /u),
      '',
    ]);
  });

  it.each([
    ['--no-full'],
    ['--databases', 'a:b'],
    ['--start-ts=2025-01-01'],
    ['--end-ts', 'x'],
    ['--exclude', 'x'],
    ['--error-handle-option', 'ignore'],
    ['--send-sql-timeout', '1m'],
    ['--max-sql-length', '1'],
    ['--frequency', '5m'],
  ])('names a flag that it does not support: %s', async (...flag: string[]) => {
    const { code, err } = await moCdc(...CREATE, ...flag);
    expect(code).toBe(2);
    expect(err).toContain(`The flag ${flag[0]?.split('=')[0] ?? ''} of mo_cdc is not supported yet.`);
    expect(sent).toEqual([]);
  });

  it.each([
    [['task', 'create', '--task-name', 'x']],
    [[...CREATE, '--speed', '9']],
    [[...CREATE, '--mode', 'fast']],
    [[...CREATE, '--poll-interval', 'soon']],
    [['task', 'explode']],
    [['task', 'pause']],
    [['task', 'pause', '--all', '--task-name', 'x']],
    [['task', 'show', '--task-name', 'a/b']],
    [['task', 'restart', '--all']],
    [[...CREATE, `--source-url=${SOURCE}`]],
  ])('is not understood: %j', async (args) => {
    const { code, out, err } = await moCdc(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^error: /u);
    expect(sent).toEqual([]);
  });

  it('leaves levels to the API', async () => {
    const { code, err } = await moCdc(...CREATE.map((arg) => (arg === 'table' ? 'account' : arg)));
    expect(code).toBe(1);
    expect(err).toContain('- level: Only the level "table" is supported');
  });
});

describe('task show', () => {
  const record = scenarioRecord();

  it('prints the document of the scenario', async () => {
    await world.store.create(record);
    const { code, out } = await moCdc('task', 'show', ...ONE);
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
    await world.store.create({ ...record, progress: { ...newProgress(1, NOW), phase: 'window', checkpoint } });
    const { out } = await moCdc('task', 'show');
    expect(out).toContain(
      String.raw`"checkpoint": "{\n  \"production_db.user_activities\": 2025-03-28 15:01:44.030821 +0800 CST,\n}"`,
    );
  });

  it('moves the checkpoint on while the source has nothing new', async () => {
    const checkpoint = { name: 'p', ts: '1743145304030821000' };
    const progress = { ...newProgress(1, NOW), checkpoint, caughtUpAt: NOW - 200 };
    await world.store.create({ ...record, progress });
    expect((await moCdc('task', 'show')).out).toContain('user_activities\\": 2025-03-28 15:29:59.8 +0800 CST');
  });

  it('shows the error and what to do', async () => {
    const error = { code: 'HISTORY_LOST', message: 'Gone.', action: 'Restart.', retry: false } as const;
    await world.store.create({ ...record, error: { ...error, attempts: 1, firstAt: 0, lastAt: 0 } });
    const { out } = await moCdc('task', 'show');
    expect(JSON.parse(out)).toMatchObject([{ state: 'failed', 'err-msg': 'HISTORY_LOST: Gone. Restart.' }]);
  });

  it('shows all tasks, or those of a source', async () => {
    expect((await moCdc('task', 'show')).out).toBe('[]\n');
    await world.store.create(record);
    await world.store.create({ ...record, spec: scenarioSpec({ name: '另一个', sourceUri: 'mysql://a:b@other' }) });
    const names = async (...args: string[]) =>
      (JSON.parse((await moCdc('task', 'show', ...args)).out) as { 'task-name': string }[]).map((t) => t['task-name']);
    expect(await names()).toEqual(['activity_sync', '另一个']);
    expect(await names('--all', '--source-uri', SOURCE)).toEqual(['activity_sync']);
    expect(await names('--task-name', '另一个')).toEqual(['另一个']);
  });

  it('does not find a task of another name or of another source', async () => {
    await world.store.create(record);
    const others = [
      ['--task-name', 'x'],
      ['--task-name', 'activity_sync', '--source-uri', 'mysql://root:111@127.0.0.2:6001'],
      ['--task-name', 'activity_sync', '--source-uri', 'mysql://other:111@127.0.0.1:6001'],
    ];
    for (const args of others) {
      const { code, err } = await moCdc('task', 'show', ...args);
      expect(code).toBe(1);
      expect(err).toContain('TASK_NOT_FOUND');
    }
  });
});

describe('task list', () => {
  it('prints a line for every task', async () => {
    await world.store.create(scenarioRecord({ spec: scenarioSpec({ name: '用户' }) }));
    await world.store.create(scenarioRecord());
    expect((await moCdc('task', 'list')).out).toBe(
      [
        'NAME           STATE    PHASE  LAG  TABLES  ROWS LOADED  ROWS APPLIED  ERROR',
        'activity_sync  running  new    -    1       0            0',
        '用户           running  new    -    1       0            0',
        '',
      ].join('\n'),
    );
  });
});

describe('commands', () => {
  beforeEach(async () => {
    await world.store.create(scenarioRecord());
  });

  it.each(['pause', 'resume', 'restart'])('%s answers OK', async (verb) => {
    expect(await moCdc('task', verb, ...ONE)).toEqual(OK);
    expect(sent).toContain(`POST /tasks/activity_sync/${verb}`);
  });

  it('touch no task of another source', async () => {
    const other = ['--task-name', 'activity_sync', '--source-uri', 'mysql://root:111@127.0.0.2:6001'];
    for (const verb of ['pause', 'resume', 'restart', 'drop']) {
      expect((await moCdc('task', verb, ...other)).code).toBe(1);
    }
    expect(sent.every((request) => request.startsWith('GET '))).toBe(true);
  });

  it('pause waits until the worker has stopped', async () => {
    await world.store.acquire('activity_sync', { owner: 'w', until: NOW + 60_000, runsUntil: NOW }, NOW);
    let looks = 0;
    onSleep = () => {
      looks += 1;
      if (looks === 3) void world.store.release({ name: 'activity_sync', id: scenarioRecord().id, epoch: 1 });
    };
    expect(await moCdc('task', 'pause', ...ONE)).toEqual(OK);
    expect(looks).toBeGreaterThanOrEqual(3);
  });

  it('pause gives up after half a minute, and need not wait at all', async () => {
    await world.store.acquire('activity_sync', { owner: 'w', until: NOW + 600_000, runsUntil: NOW }, NOW);
    const { code, err } = await moCdc('task', 'pause', ...ONE);
    expect([code, err]).toEqual([1, 'error: The task "activity_sync" has not stopped yet, but will.\n']);
    expect(time - NOW).toBeGreaterThanOrEqual(30_000);
    expect(await moCdc('task', 'pause', '--no-wait', ...ONE)).toEqual(OK);
  });

  it('drop waits until the task is gone', async () => {
    onSleep = () => {
      onSleep = () => undefined;
      void world.store
        .acquire('activity_sync', { owner: 'w', until: NOW, runsUntil: NOW }, NOW)
        .then((got) => (got.outcome === 'acquired' ? world.store.remove(got.key) : undefined));
    };
    expect(await moCdc('task', 'drop', ...ONE)).toEqual(OK);
    expect(await world.store.list()).toEqual([]);
    expect((await moCdc('task', 'drop', ...ONE)).err).toContain('TASK_NOT_FOUND');
  });

  it('can be for all tasks of a source', async () => {
    const spec = scenarioSpec({ name: 'x', sourceUri: 'mysql://a:b@other' });
    await world.store.create(scenarioRecord({ id: crypto.randomUUID(), spec }));
    expect(await moCdc('task', 'pause', '--all', '--source-uri', SOURCE)).toEqual(OK);
    expect((await world.store.list()).map((record) => record.desired)).toEqual(['paused', 'running']);
  });
});

describe('an API out of order', () => {
  const answers = (text: string, status: number) => {
    fetch = () => Promise.resolve(new Response(text, { status }));
  };

  it('is named when it cannot be reached', async () => {
    fetch = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
    const { code, err } = await moCdc('task', 'list');
    expect([code, err]).toEqual([1, 'error: The API at http://localhost cannot be reached: connect ECONNREFUSED\n']);
  });

  it('is quoted when its answer is none of ours', async () => {
    answers('{"message":"Forbidden"}', 403);
    expect((await moCdc('task', 'list')).err).toBe('error: The API answered 403: {"message":"Forbidden"}\n');
    answers('<html>', 200);
    expect((await moCdc('task', 'list')).err).toContain('does not answer with JSON');
  });
});

it('prints its help without an error', async () => {
  const { code, out, err } = await moCdc('task', 'create', '--help');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('--tables <tables>');
});
