import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CdcError } from '../../../lib/errors.ts';
import type { TaskOptions } from '../../../lib/task/task.ts';
import { LEASE_RUNS_OUT } from '../../support/killer.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

/** What happens to `t (id int primary key, v varchar(40), n int)` with five rows while the task runs. */
const CHANGES: Record<string, string[]> = {
  truncated: ['truncate table t', `insert into t values (2, 'again', 0)`],
  'truncated and left empty': ['truncate table t'],
  'dropped and created anew': [
    'drop table t',
    'create table t (id int primary key, v varchar(40), n int)',
    `insert into t values (2, 'again', 0), (7, 'new', 7)`,
  ],
  'made anew with another shape': [
    'drop table t',
    'create table t (a varchar(20) primary key, b datetime(6), v text)',
    `insert into t values ('x', '2026-01-02 03:04:05.678901', 'y'), ('z', null, '')`,
  ],
  'made anew with columns that must not be NULL': [
    'drop table t',
    "create table t (id int primary key, e enum('a','b') not null, j json not null, y year not null, w varbinary(9) not null)",
    `insert into t values (2, 'b', '[1]', 2026, 'w'), (9, 'a', '{}', 1999, '')`,
  ],
  'swapped for another': [
    'create table u (id int primary key, v varchar(40), n int)',
    `insert into u values (2, 'other', 0)`,
    'rename table t to gone',
    'rename table u to t',
  ],
  'given a column with a default': [
    'alter table t add column extra int default 7',
    'insert into t values (9, null, 0, 1)',
  ],
  'given a column without default': [
    'alter table t add column extra varchar(10)',
    `update t set extra = 'x' where id = 2`,
  ],
  'given a column in the middle': [
    'alter table t add column extra int not null after id',
    'insert into t values (9, 1, null, 0)',
  ],
  'given a column and not touched': ['alter table t add column extra int default 7'],
  'deprived of a column': ['alter table t drop column n', `insert into t values (9, 'more')`],
  'given another name for a column': ['alter table t rename column n to m', 'update t set m = 100 where id = 3'],
  'widened in type': ['alter table t modify column n bigint', `insert into t values (9, 'more', 5000000000)`],
  'widened in length': ['alter table t modify column v varchar(80)', `insert into t values (9, repeat('ab', 40), 5)`],
  'given another key': [
    'alter table t drop primary key',
    'alter table t add primary key (id, n)',
    `insert into t values (1, 'second of 1', 99)`,
  ],
  'given an index': ['alter table t add index by_n (n)', `insert into t values (9, 'more', 5)`],
};

async function expectSame(world: LiveWorld): Promise<void> {
  const columns = (await world.source.query(`show columns from t`)).map((row) => `\`${String(row[0])}\``).join(', ');
  const source = await world.source.sorted(`select ${columns} from t`);
  expect(await world.sink.sorted(`select ${columns} from ${world.to}.t_copy`)).toEqual(source);
}

/** The columns that must not be NULL; MatrixOne lists hidden ones, too. */
async function expectSameNeeded(world: LiveWorld): Promise<void> {
  const needed = (table: string): string => `select column_name from information_schema.columns
    where table_schema = '${table.split('.')[0] ?? ''}' and table_name = '${table.split('.')[1] ?? ''}' and is_nullable = 'NO'
    and left(column_name, 5) <> '__mo_'`;
  expect(await world.sink.sorted(needed(`${world.to}.t_copy`))).toEqual(
    await world.source.sorted(needed(`${world.from}.t`)),
  );
}

/** With both kinds of sink, and with the reader that is not the usual one. */
const WORLDS = [
  ['matrixone', 'auto'],
  ['mysql', 'auto'],
  ['mysql', 'compare'],
] as const;

describe.each(WORLDS)('a source table, with a %s sink and read by %s, that is', (sinkType, changeReader) => {
  async function begin(options: Partial<TaskOptions> = {}): Promise<LiveWorld> {
    const world = new LiveWorld(servers, sinkType);
    const definition = 'create table t (id int primary key, v varchar(40), n int)';
    await world.open(['t'], [definition], { mode: 'tick', chunkRows: 2, changeReader, ...options });
    await world.source.run(`insert into t values (1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', 4), (5, 'e', 5)`);
    await world.run();
    return world;
  }

  it.each(Object.keys(CHANGES))('%s takes its sink table along', async (change) => {
    const world = await begin();
    await world.source.run(...(CHANGES[change] ?? []));
    await world.run();
    await world.progress();
    await expectSame(world);
    await expectSameNeeded(world);
    await world.source.run(
      change.startsWith('made anew with another') ? `delete from t where a = 'x'` : 'delete from t where id = 2',
    );
    await world.run();
    await world.progress();
    await expectSame(world);
    await world.close();
  });

  it.each(changeReader === 'auto' ? Object.keys(CHANGES) : [])(
    '%s takes it along by a restart, too',
    async (change) => {
      const world = await begin();
      await world.source.run(...(CHANGES[change] ?? []));
      await world.store.restart('t');
      await world.run();
      await world.progress();
      await expectSame(world);
      await expectSameNeeded(world);
      const { checkpoint, restartedFrom } = await world.progress();
      expect(restartedFrom).toBeUndefined();
      const held = `select sname from mo_catalog.mo_snapshots where database_name = '${world.from}'`;
      expect(await world.source.sorted(held)).toEqual([checkpoint?.name]);
      await world.close();
    },
  );

  it('given a column that may be NULL for one that must not takes it along by a restart that was begun twice', async () => {
    const world = await begin();
    await world.source.run('alter table t add column c int not null default 3', 'alter table t add unique key u (v)');
    await world.run();
    await world.source.run(
      'alter table t drop column c',
      'alter table t add column c int',
      'alter table t drop index u',
      `insert into t values (9, 'a', 9, null)`,
    );
    await world.store.restart('t');
    // Altered, and yet without a plan.
    let again = false;
    await world.run(async (call) => {
      if (call !== 'sink.planLoad' || again) return;
      again = true;
      await world.store.restart('t');
      throw new CdcError('SINK_ERROR', 'Not now.');
    });
    expect(again).toBe(true);
    await world.run();
    await world.progress();
    await expectSame(world);
    await expectSameNeeded(world);
    await world.close();
  });

  it('dropped, and made anew when the task is restarted, takes it along by that', async () => {
    const world = await begin();
    await world.source.run('drop table t');
    await world.run();
    await world.source.run('create table t (id int primary key, w int not null)', 'insert into t values (3, 33)');
    await world.store.restart('t');
    await world.run();
    await world.progress();
    await expectSame(world);
    await world.close();
  });

  const THERE_AND_BACK: Record<string, [string, string]> = {
    type: ['alter table t modify column n varchar(30)', 'alter table t modify column n int'],
    name: ['alter table t rename column n to m', 'alter table t rename column m to n'],
    key: [
      'alter table t drop primary key, add primary key (id, n)',
      'alter table t drop primary key, add primary key (id)',
    ],
    column: ['alter table t drop column n', 'alter table t add column n int not null default 4'],
  };
  const columnsOf = async (client: LiveWorld['sink'], database: string, table: string): Promise<string[]> => {
    const found = await client.sorted(`select lower(column_name), lower(column_type) from information_schema.columns
      where table_schema = '${database}' and table_name = '${table}' and left(column_name, 5) <> '__mo_'`);
    // MariaDB prints widths.
    return found.map((column) => column.replace(/int\(\d+\)/u, 'int'));
  };
  const inTheMidst = ['a window', 'a restart'] as const;
  it.each(inTheMidst.flatMap((midst) => Object.keys(THERE_AND_BACK).map((what) => [what, midst] as const)))(
    'given another %s and the old one again, restarted in the midst of %s, takes it along',
    async (what, midst) => {
      const world = await begin();
      const [there, back] = THERE_AND_BACK[what] ?? ['', ''];
      await world.source.run(there, 'delete from t where id = 5');
      if (midst === 'a restart') await world.store.restart('t');
      let dead = false;
      const dying = async (call: string, when: string): Promise<void> => {
        await Promise.resolve();
        dead ||= call === 'sink.alterTable' && when === 'after';
        if (dead) throw new Error('The process is dead.');
      };
      await world.run(dying).catch(() => undefined);
      expect(dead).toBe(true);
      world.clock.jump(LEASE_RUNS_OUT);
      await world.source.run(back);
      await world.store.restart('t');
      await world.run();
      const { checkpoint } = await world.progress();
      await expectSame(world);
      expect(await columnsOf(world.sink, world.to, 't_copy')).toEqual(await columnsOf(world.source, world.from, 't'));
      const held = `select sname from mo_catalog.mo_snapshots where database_name = '${world.from}'`;
      expect(await world.source.sorted(held)).toEqual([checkpoint?.name]);
      await world.close();
    },
  );

  it('dropped leaves its sink table as it is, until there is such a table again', async () => {
    const world = await begin();
    const before = await world.sink.sorted(`select * from ${world.to}.t_copy`);
    await world.source.run('drop table t');
    await world.run();
    expect((await world.progress()).missing).toEqual([`${world.from}.t`]);
    expect(await world.sink.sorted(`select * from ${world.to}.t_copy`)).toEqual(before);
    await world.source.run('create table t (id int primary key, w int)', 'insert into t values (3, 33)');
    await world.run();
    expect((await world.progress()).missing).toEqual([]);
    await expectSame(world);
    await world.close();
  });

  it('without a key, and gets one, and loses it again, takes its sink table along', async () => {
    const world = new LiveWorld(servers, sinkType);
    const rows = `insert into t values (1, 'a'), (1, 'a'), (2, 'b')`;
    const options = { mode: 'tick', withoutKey: 'replace', changeReader } as const;
    await world.open(['t'], ['create table t (id int not null, v varchar(20))', rows], options);
    await world.run();
    const steps = [
      [`update t set v = 'x' where id = 1`],
      ['truncate table t'],
      [rows, 'alter table t add column w int default 7'],
      [
        'drop table t',
        'create table t (id int not null, v varchar(20), unique key id (id))',
        `insert into t values (5, '')`,
      ],
      [`insert into t values (6, 'c')`, `update t set id = 7 where id = 5`],
      ['drop table t', 'create table t (id int not null, v varchar(20))', rows, rows],
      ['delete from t'],
    ];
    for (const statements of steps) {
      await world.source.run(...statements);
      await world.run();
      await world.progress();
      await expectSame(world);
    }
    await world.close();
  });

  it('truncated stops the task when it is to stop at such changes', async () => {
    const world = await begin({ schemaChange: 'stop' });
    const before = await world.sink.sorted(`select * from ${world.to}.t_copy`);
    await world.source.run('truncate table t', `insert into t values (2, 'again', 0)`);
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.store.get('t'))?.error?.code).toBe('SCHEMA_CHANGED');
    expect(await world.sink.sorted(`select * from ${world.to}.t_copy`)).toEqual(before);
    await world.close();
  });
});
