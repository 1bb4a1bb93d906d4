import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

const WORLDS = [
  ['matrixone', 'auto'],
  ['mysql', 'auto'],
  ['matrixone', 'compare'],
] as const;

describe.each(WORLDS)('a task for databases, with a %s sink and read by %s,', (sinkType, changeReader) => {
  it('follows tables that come, go and are renamed, and those with foreign keys', async () => {
    const world = new LiveWorld(servers, sinkType);
    const { from, to } = world;
    const second = `${from}_2`;
    const databases = [
      { source: from, sink: to },
      { source: second, sink: `${to}_2` },
    ];
    await world.source.run(`create database ${second}`, `create table ${second}.x (id int primary key)`);
    await world.open(
      [],
      [
        'create table parent (id int primary key, v varchar(10))',
        'create table child (id int primary key, p int not null, foreign key (p) references parent (id))',
        'create table loose (v int)',
        'create table some_tmp (id int primary key)',
        'create view seen as select id from parent',
        `insert into parent values (1, 'one'), (2, 'two')`,
        'insert into child values (10, 1), (20, 2)',
      ],
      { mode: 'tick', changeReader },
      { level: 'database', databases, exclude: ['_tmp$'] },
    );
    const same = async (table: string, as = to, at = from) => {
      const rows = await world.source.sorted(`select * from ${at}.${table}`);
      expect(await world.sink.sorted(`select * from ${as}.${table}`), table).toEqual(rows);
      return rows.length;
    };
    await world.run();
    const loaded = await world.progress();
    expect(Object.keys(loaded.tables)).toEqual([`${from}.child`, `${from}.parent`, `${second}.x`]);
    expect(loaded.leftOut.first).toEqual([
      { table: `${from}.loose`, reason: 'it has no primary key, and no unique one without NULLs' },
      { table: `${from}.seen`, reason: 'it is a view' },
    ]);
    expect([await same('parent'), await same('child')]).toEqual([2, 2]);

    // Child before parent in the order of names: no constraint may stand in the way.
    await world.source.run(
      `insert into parent values (3, 'three')`,
      'insert into child values (30, 3)',
      'delete from child where id = 10',
      'delete from parent where id = 1',
      'create table later (id int primary key, v varchar(20))',
      `insert into later values (1, 'a'), (2, 'b')`,
      `insert into ${second}.x values (7)`,
    );
    await world.run();
    expect([await same('parent'), await same('child'), await same('later')]).toEqual([2, 2, 2]);
    expect(await same('x', `${to}_2`, second)).toBe(1);

    await world.source.run(
      'alter table later rename to renamed',
      `insert into renamed values (3, 'c')`,
      `drop table ${second}.x`,
    );
    await world.run();
    expect(await same('renamed')).toBe(3);
    expect(await world.sink.sorted(`select id from ${to}.later`)).toEqual(['1', '2']);
    expect((await world.progress()).dropped.first.map(({ table }) => table)).toEqual([`${from}.later`, `${second}.x`]);

    await world.source.run(`create table ${second}.x (id int primary key)`, `insert into ${second}.x values (8)`);
    await world.source.run('delete from renamed where id = 1');
    await world.run();
    expect([await same('x', `${to}_2`, second), await same('renamed')]).toEqual([1, 2]);
    expect((await world.progress()).dropped.first.map(({ table }) => table)).toEqual([`${from}.later`]);
    await world.sink.run(`drop database ${to}_2`);
    await world.source.run(`drop database ${second}`);
    await world.close();
  });

  it.each(['keep', 'drop'] as const)(
    'knows, after a restart, of tables dropped before it, with droppedTables %s',
    async (droppedTables) => {
      const world = new LiveWorld(servers, sinkType);
      const { from, to } = world;
      await world.open(
        [],
        [
          'create table t (id int primary key, v varchar(10))',
          `insert into t values (1, 'a')`,
          'create table u (id int primary key)',
        ],
        { mode: 'tick', changeReader, droppedTables },
        { level: 'database', databases: [{ source: from, sink: to }] },
      );
      await world.run();
      await world.source.run('drop table t');
      await world.store.restart('t');
      await world.run();
      const kept = droppedTables === 'keep';
      const reason = `dropped or renamed at the source; ${to}.t ${kept ? 'stays as it was' : 'was dropped too'}`;
      expect((await world.progress()).dropped.first).toEqual([{ table: `${from}.t`, reason }]);
      expect(await world.sink.sorted(`show tables in ${to}`)).toEqual(kept ? ['t', 'u'] : ['u']);
      await world.source.run('create table t (w int not null, id int primary key)', 'insert into t values (5, 1)');
      await world.run();
      expect((await world.progress()).dropped.first).toEqual([]);
      expect(await world.sink.sorted(`select w, id from ${to}.t`)).toEqual(['5|1']);
      await world.close();
    },
  );

  it('takes tables without a primary key, where it is to', async () => {
    const world = new LiveWorld(servers, sinkType);
    const databases = [{ source: world.from, sink: world.to }];
    const bag = 'create table bag (v varchar(9))';
    const ticket = 'create table ticket (code varchar(9) not null, n int, unique key code (code))';
    await world.open(
      [],
      [bag, ticket, `insert into bag values ('a'), ('a')`, `insert into ticket values ('x', 1)`],
      { mode: 'tick', changeReader, withoutKey: 'replace' },
      { level: 'database', tables: [], databases },
    );
    await world.run();
    const steps = [
      [`insert into bag values ('b'), (null)`, `update ticket set code = 'y'`],
      ['create table bag2 (v int)', 'insert into bag2 values (1), (1), (1)', `delete from bag where v = 'a'`],
      ['delete from bag2', `insert into ticket values ('x', 2)`],
    ];
    for (const statements of steps) {
      await world.source.run(...statements);
      await world.run();
      const { leftOut, tables } = await world.progress();
      expect(leftOut.count).toBe(0);
      for (const table of Object.keys(tables).map((key) => key.split('.')[1] ?? '')) {
        const rows = await world.source.sorted(`select * from ${world.from}.${table}`);
        expect(await world.sink.sorted(`select * from ${world.to}.${table}`), table).toEqual(rows);
      }
    }
    await world.close();
  });
});

it('a task for the account copies databases that come later', async () => {
  const world = new LiveWorld(servers, servers.real ? 'matrixone' : 'mysql');
  const name = `cdc_acc_${randomBytes(4).toString('hex')}`;
  await world.source.run(`create database ${name}_1`, `create table ${name}_1.t (id int primary key, v int)`);
  await world.source.run(`insert into ${name}_1.t values (1, 1)`);
  await world.open([], [], { mode: 'tick' }, { level: 'account', exclude: [`^${unlike(name)}`] });
  await world.run();
  await world.source.run(
    `update ${name}_1.t set v = 2`,
    `create database ${name}_2`,
    `create table ${name}_2.t (id int primary key)`,
    `insert into ${name}_2.t values (5)`,
  );
  await world.run();
  expect(Object.keys((await world.progress()).tables)).toEqual([`${name}_1.t`, `${name}_2.t`]);
  expect(await world.sink.sorted(`select * from ${name}_1.t`)).toEqual(['1|2']);
  expect(await world.sink.sorted(`select * from ${name}_2.t`)).toEqual(['5']);
  for (const database of [`${name}_1`, `${name}_2`]) {
    await world.source.run(`drop database ${database}`);
    await world.sink.run(`drop database ${database}`);
  }
  await world.close();
});

/** What begins in another way: RE2 has no look-around. */
const unlike = (prefix: string): string =>
  Array.from(prefix).reduceRight((rest, c) => `(?:$|[^${c}]${rest === '' ? '' : `|${c}${rest}`})`, '');
