import { beforeEach, describe, expect, it } from 'vitest';
import { complain } from '../../../lib/task/rejection.ts';
import { DEFAULT_OPTIONS } from '../../../lib/task/task.ts';
import { CREATE, MoCdc, OK, SOURCE } from '../../support/mo-cdc.ts';

let tool: MoCdc;

beforeEach(() => {
  tool = new MoCdc();
});

describe('task create', () => {
  it('runs the command of the scenario', async () => {
    expect(await tool.run(...CREATE)).toEqual(OK);
    expect((await tool.world.store.get('activity_sync'))?.spec).toMatchObject({ sourceUri: SOURCE, level: 'table' });
  });

  it('passes our own options on', async () => {
    const more = ['--poll-interval', '5s', '--existing-rows=replace', '--mode', 'tick'];
    expect(await tool.run(...CREATE, ...more)).toEqual(OK);
    expect((await tool.world.store.get('activity_sync'))?.spec.options).toMatchObject({
      pollIntervalMs: 5_000,
      existingRows: 'replace',
      mode: 'tick',
    });
  });

  it('prints every complaint on a line of its own', async () => {
    tool.world.complaints = [
      complain('TABLE_WITHOUT_KEY', 'tables', 'a.b has no primary key.'),
      complain('SOURCE_PRIVILEGE', 'sourceUri', 'root may not create snapshots.'),
    ];
    const { code, out, err } = await tool.run(...CREATE);
    expect([code, out]).toEqual([1, '']);
    expect(err.split('\n')).toEqual([
      'error: TASK_REJECTED: Mend what each complaint names and create the task again.',
      expect.stringMatching(/^- tables: a\.b has no primary key\. \(TABLE_WITHOUT_KEY\) Add a primary key/u),
      expect.stringMatching(/^- sourceUri: root may not create snapshots\. \(SOURCE_PRIVILEGE\) /u),
      '',
    ]);
  });

  it.each([['--start-ts=2025-01-01'], ['--error-handle-option', 'ignore']])(
    'names a flag that it does not support: %s',
    async (...flag: string[]) => {
      const { code, err } = await tool.run(...CREATE, ...flag);
      expect(code).toBe(2);
      expect(err).toContain(`The flag ${flag[0]?.split('=')[0] ?? ''} of mo_cdc is not supported yet.`);
      expect(tool.sent).toEqual([]);
    },
  );

  it.each([
    [['task', 'create', '--task-name', 'x']],
    [[...CREATE, '--speed', '9']],
    [[...CREATE, '--mode', 'fast']],
    [[...CREATE, '--poll-interval', 'soon']],
    [[...CREATE, '--frequency', '5s']],
    [[...CREATE, '--frequency', '5m', '--mode', 'continuous']],
    [[...CREATE, '--max-sql-length', '4k']],
    [[...CREATE, '--error-handle-option', 'retry']],
    [['task', 'explode']],
    [['task', 'pause']],
    [['task', 'pause', '--all', '--task-name', 'x']],
    [['task', 'show', '--task-name', 'a/b']],
    [['task', 'restart', '--all']],
    [[...CREATE, `--source-url=${SOURCE}`]],
  ])('is not understood: %j', async (args) => {
    const { code, out, err } = await tool.run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^error: /u);
    expect(tool.sent).toEqual([]);
  });

  it('takes whole databases and patterns of tables to leave out', async () => {
    const more = ['--level', 'database', '--databases', 'a:b,c', '--exclude', 'tmp', '--exclude=^c[.]log'];
    expect(await tool.run(...CREATE.slice(0, -4), ...more)).toEqual(OK);
    expect((await tool.world.store.get('activity_sync'))?.spec).toMatchObject({
      level: 'database',
      tables: [],
      databases: [
        { source: 'a', sink: 'b' },
        { source: 'c', sink: 'c' },
      ],
      exclude: ['tmp', '^c[.]log'],
    });
  });

  it('takes the other options of mo_cdc', async () => {
    const more = ['--no-full', '--end-ts', '2030-01-02 03:04:05', '--send-sql-timeout', '10m', '--frequency=2h'];
    expect(await tool.run(...CREATE, ...more, '--max-sql-length', '4096', '--error-handle-option', 'stop')).toEqual(OK);
    expect((await tool.world.store.get('activity_sync'))?.spec.options).toEqual({
      ...DEFAULT_OPTIONS,
      noFull: true,
      endTs: '2030-01-02T03:04:05.000Z',
      sendSqlTimeoutMs: 600_000,
      maxSqlLength: 4_096,
      mode: 'tick',
      pollIntervalMs: 7_200_000,
    });
  });

  it('leaves levels to the API', async () => {
    const { code, err } = await tool.run(...CREATE.map((arg) => (arg === 'table' ? 'account' : arg)));
    expect(code).toBe(1);
    expect(err).toContain('- tables: It does not go with the level "account".');
  });
});

it('prints its help without an error', async () => {
  const { code, out, err } = await tool.run('task', 'create', '--help');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('--tables <tables>');
});
