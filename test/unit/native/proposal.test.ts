import { describe, expect, it } from 'vitest';
import { goDuration } from '../../../lib/native/go-duration.ts';
import { nativeTasks } from '../../../lib/native/native-task.ts';
import { propose, type Proposal } from '../../../lib/native/proposal.ts';
import { keptLogin, keptTables, nativeRow, nativeTaskOf } from '../../support/native-rows.ts';

const NOW = Date.UTC(2026, 11, 1);

function proposed(...given: Parameters<typeof nativeTaskOf>): Proposal {
  const [found] = propose([nativeTaskOf(...given)], NOW);
  if (found === undefined) throw new Error('No proposal.');
  return found;
}

const shown = ({ findings }: Proposal): string[] =>
  findings.map(({ what, native, here }) => `${what}: ${native} > ${here}`);

describe('what a server keeps of a CREATE CDC task', () => {
  it('is read: logins without passwords, mappings, and watermarks', () => {
    const task = nativeTaskOf(
      { source_uri: keptLogin('acc#adm', 6001) },
      { 'a.t': '1796074922264704557-1', 'a.u': '0-0' },
    );
    expect(task.source).toEqual({ user: 'acc#adm', host: '127.0.0.1', port: 6001 });
    expect(task.mappings).toEqual([
      {
        source: { database: 'production_db', table: 'user_activities' },
        sink: { database: 'analytics_db', table: 'analytics_activities' },
      },
    ]);
    expect(task.tables.map(({ watermark }) => watermark)).toEqual([1_796_074_922_264, 0]);
    expect(task.createdAt).toBe(Date.UTC(2026, 10, 30, 21, 41, 43));
  });

  it('is refused by the name of the task if it is kept in another way', () => {
    expect(() => nativeTasks([nativeRow({ tables: 'a.t:b.u' })], [])).toThrow('"activity_sync" is kept in a form');
  });

  it('belongs to the account of the task, although ids could be alike', () => {
    const rows = [nativeRow(), nativeRow({ account_id: '1' })];
    const id = rows[0]?.[1] ?? '';
    expect(nativeTasks(rows, [['1', id, 'a', 't', '5000000-1', '']]).map(({ tables }) => tables.length)).toEqual([
      0, 1,
    ]);
  });
});

describe('a proposal', () => {
  it('compares what the CREATE CDC task has copied, and leaves its defaults alone', () => {
    expect(proposed()).toMatchObject({
      name: 'activity_sync',
      level: 'table',
      tables: [{ source: 'production_db.user_activities', sink: 'analytics_db.analytics_activities' }],
      options: { existingRows: 'compare' },
      impossible: undefined,
      isStopped: true,
    });
    expect(Object.keys(proposed().options)).toEqual(['existingRows']);
  });

  it.each([
    ['a:b', { databases: [{ source: 'a', sink: 'b' }], level: 'database' }],
    ['*:*', { databases: [], tables: [], level: 'account' }],
  ])('has the level of the mapping %s', (mapping, expected) => {
    const [source = '', sink = ''] = mapping.split(':');
    expect(proposed({ tables: keptTables([source, sink]), filters: 'tmp_' })).toMatchObject({
      ...expected,
      exclude: ['tmp_'],
    });
  });

  it('leaves excluded tables out at level table, where our tasks take no patterns', () => {
    const tables = keptTables(['a.t', 'b.t'], ['a.tmp_1', 'b.tmp_1']);
    expect(proposed({ tables, filters: '^a\\.tmp' })).toMatchObject({
      exclude: [],
      tables: [{ source: 'a.t', sink: 'b.t' }],
    });
    expect(proposed({ tables, filters: 'a' }).impossible).toBe('It excludes all of its tables.');
  });

  it('names what each option becomes, what is cut to our range, and what has no counterpart', () => {
    const extra = { Frequency: '1h', InitSnapshotSplitTxn: false, MaxSqlLength: 99, SendSqlTimeout: '1m30s' };
    const found = proposed({
      additional_config: JSON.stringify(extra),
      end_ts: '2027-01-01T00:00:00+08:00',
      config_file: '/etc/cdc.toml',
    });
    expect(found.options).toEqual({
      existingRows: 'compare',
      endTs: '2026-12-31T16:00:00.000Z',
      maxSqlLength: 1_024,
      sendSqlTimeoutMs: 90_000,
      mode: 'tick',
      pollIntervalMs: 3_600_000,
    });
    expect(shown(found)).toEqual(
      expect.arrayContaining([
        'Frequency: 1h > mode: tick, pollIntervalMs: 3600000',
        'InitSnapshotSplitTxn: false > ',
        'ConfigFile: /etc/cdc.toml > ',
      ]),
    );
  });

  it('of a task without a first copy begins before the first of its watermarks, and never before the task did', () => {
    const of = (noFull: string, startTs: string, watermarks: Readonly<Record<string, string>>): unknown =>
      proposed({ no_full: noFull, start_ts: startTs }, watermarks).options.startTs;
    const nanos = (time: string): string => `${BigInt(Date.parse(time)) * 1_000_000n}-1`;
    const created = '2026-11-30T21:41:43.000Z';
    const later = nanos('2026-11-30T23:00:00Z');
    expect(of('1', '', { 'a.t': later, 'a.u': nanos('2026-11-30T22:30:00Z') })).toBe('2026-11-30T22:25:00.000Z');
    expect(of('1', '', { 'a.t': later, 'a.u': '0-0' })).toBe(created);
    expect(of('1', '', {})).toBe(created);
    expect(of('0', '2026-11-30T22:59:00Z', { 'a.t': later })).toBe('2026-11-30T22:59:00.000Z');
    expect(proposed({ no_full: '1' }).options.existingRows).toBeUndefined();
  });

  it.each([
    [{ sink_type: 'console' }, 'There is no sink of the type console.'],
    [{ end_ts: '2026-01-01T00:00:00Z' }, 'It has ended at 2026-01-01T00:00:00Z.'],
    [{ filters: '(' }, 'Exclude:'],
    [{ tables: keptTables(['a', 'b'], ['c.t', 'c.t']) }, 'It mixes levels.'],
    [{ task_name: 'a/b' }, 'The task name has /'],
  ])('says why there can be none: %o', (row, reason) => {
    expect(proposed(row).impossible).toContain(reason);
  });

  it.each(['running', 'pausing', 'failed', 'restarting', 'anything'])(
    'takes no task for stopped that is %s',
    (state) => {
      expect(proposed({ state }).isStopped).toBe(false);
    },
  );

  it('has another name than a task of another account', () => {
    const names = propose([nativeTaskOf(), nativeTaskOf({ account_id: '1' })], NOW).map(({ name }) => name);
    expect(names).toEqual(['activity_sync', 'activity_sync_2']);
  });
});

it.each([
  ['10m', 600_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1_500],
  ['1us', 1],
  ['', undefined],
  ['10', undefined],
  ['10m!', undefined],
])('reads the duration %s of Go', (text, expected) => {
  expect(goDuration(text)).toBe(expected);
});
