import { beforeEach, describe, expect, it } from 'vitest';
import { complain } from '../../../lib/task/rejection.ts';
import { DEFAULT_OPTIONS } from '../../../lib/task/task.ts';
import { CREATE, MoCdc, OK, SOURCE } from '../../support/mo-cdc.ts';
import { PASSWORD } from '../../support/scenario-task.ts';

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
    const sizes = [
      '--chunk-rows',
      '1000',
      '--chunk-bytes=1500',
      '--load-workers',
      '8',
      '--transaction-rows=2000',
      '--transaction-bytes',
      '3000',
    ];
    const ends = ['--no-full', '--end-ts', '2099-01-01 00:00:00', '--send-sql-timeout=10m', '--max-sql-length', '5000'];
    const errors = ['--error-handle-option', 'ignore', '--start-ts', '2025-01-02 03:04:05'];
    tool.world.heldSince = (ts) => ({ name: '', ts });
    const more = [
      '--poll-interval',
      '5s',
      '--existing-rows=replace',
      '--dropped-tables=drop',
      '--mode',
      'tick',
      '--schema-change=stop',
      '--change-reader=compare',
      '--history=pitr',
      '--without-key=replace',
      ...sizes,
      ...ends,
      ...errors,
      '--allow-untested-version',
    ];
    expect(await tool.run(...CREATE, ...more)).toEqual(OK);
    // Together; each by itself is tried in test/unit/task/option-table.test.ts.
    expect((await tool.world.store.get('activity_sync'))?.spec.options).toEqual({
      ...DEFAULT_OPTIONS,
      pollIntervalMs: 5_000,
      existingRows: 'replace',
      droppedTables: 'drop',
      schemaChange: 'stop',
      changeReader: 'compare',
      history: 'pitr',
      withoutKey: 'replace',
      mode: 'tick',
      chunkRows: 1_000,
      chunkBytes: 1_500,
      loadWorkers: 8,
      transactionRows: 2_000,
      transactionBytes: 3_000,
      noFull: true,
      startTs: '2025-01-02T03:04:05.000Z',
      endTs: '2099-01-01T00:00:00.000Z',
      sendSqlTimeoutMs: 600_000,
      maxSqlLength: 5_000,
      tableErrors: 'ignore',
      allowUntestedVersion: true,
    });
  });

  it('says once what to do, and in which form', async () => {
    const { err } = await tool.run(...CREATE, '--sink-uri', 'x', '--sink-type=oracle');
    expect(err.split('\n')).toEqual([
      'error: REQUEST_INVALID: Correct the named fields and send the request again.',
      expect.stringMatching(/^- sinkType: .*\(REQUEST_INVALID\)$/u),
      expect.stringMatching(/^- sinkUri: .*Write the URI as mysql:\/\/user:password@host:port, /u),
      '',
    ]);
  });

  it('hides a login that only looks like the advised form', async () => {
    const { err } = await tool.run('task', 'show', `--oops=mysql://user:password@host:port,${PASSWORD}@h`);
    expect(err).toContain('******');
    expect(err).not.toContain(PASSWORD);
  });

  it('prints every complaint on a line of its own', async () => {
    tool.world.complaints = [
      complain('TABLE_WITHOUT_KEY', 'tables', 'a.b has no primary key.'),
      complain('SOURCE_PRIVILEGE', 'sourceUri', 'root may not create snapshots.'),
    ];
    const { code, out, err } = await tool.run(...CREATE);
    expect([code, out]).toEqual([1, '']);
    expect(err.split('\n')).toEqual([
      'error: TASK_REJECTED: Correct what each complaint names, and send the request again.',
      expect.stringMatching(/^- tables: a\.b has no primary key\. \(TABLE_WITHOUT_KEY\) Add a primary key/u),
      expect.stringMatching(/^- sourceUri: root may not create snapshots\. \(SOURCE_PRIVILEGE\) /u),
      '',
    ]);
  });

  it('takes a start of the past', async () => {
    tool.world.heldSince = (ts) => ({ name: '', ts });
    expect(await tool.run(...CREATE, '--start-ts', '2025-03-28 06:00:00.0019')).toEqual(OK);
    expect((await tool.world.store.get('activity_sync'))?.spec.options).toEqual({
      ...DEFAULT_OPTIONS,
      startTs: '2025-03-28T06:00:00.001Z',
    });
  });

  it.each([
    [['task', 'create', '--task-name', 'x']],
    [[...CREATE, '--speed', '9']],
    [[...CREATE, '--mode', 'fast']],
    [[...CREATE, '--poll-interval', 'soon']],
    [[...CREATE, '--chunk-rows', '1e3']],
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
    expect(await tool.run(...CREATE, ...more, '--max-sql-length', '4096', '--error-handle-option=ignore')).toEqual(OK);
    expect((await tool.world.store.get('activity_sync'))?.spec.options).toEqual({
      ...DEFAULT_OPTIONS,
      noFull: true,
      endTs: '2030-01-02T03:04:05.000Z',
      sendSqlTimeoutMs: 600_000,
      maxSqlLength: 4_096,
      tableErrors: 'ignore',
      mode: 'tick',
      pollIntervalMs: 7_200_000,
    });
  });

  it('leaves levels to the API', async () => {
    const { code, err } = await tool.run(...CREATE.map((arg) => (arg === 'table' ? 'account' : arg)));
    expect(code).toBe(1);
    expect(err).toContain('- tables: It cannot be used at level "account".');
  });
});

it('prints its help without an error', async () => {
  const { code, out, err } = await tool.run('task', 'create', '--help');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('--tables <tables>');
  expect(out).toContain('--stage <stage>');
});

it('prints its version', async () => {
  expect((await tool.run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/u);
});
