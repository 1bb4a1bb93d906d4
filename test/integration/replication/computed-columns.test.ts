import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TaskOptions, readTableKey } from '../../../lib/task/task.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

const TABLE = `(id int primary key, a int, b int generated always as (a * 2) stored,
  t varchar(40) generated always as (concat('n', a)) stored, key k (b))`;
const MANY = Array.from({ length: 3_000 }, (_, i) => `(${100 + i}, ${i})`).join(', ');

describe.each(['matrixone', 'mysql'] as const)('columns that the source computes, at a sink of type %s', (sinkType) => {
  async function made(table: string, options: Partial<TaskOptions> = {}): Promise<LiveWorld> {
    const world = new LiveWorld(servers, sinkType);
    if (table !== '') await world.sink.run(`create database ${world.to}`, `create table ${world.to}.t_copy ${table}`);
    await world.open(
      ['t'],
      [`create table t ${TABLE}`, 'insert into t (id, a) values (1, 1), (2, null), (3, 3), (4, 4), (5, 5)'],
      { mode: 'tick', chunkRows: 900, ...options },
    );
    return world;
  }

  async function run(world: LiveWorld, ...statements: string[]): Promise<void> {
    await world.source.run(...statements);
    expect((await world.run()).outcome).toBe('stopped');
    expect((await world.store.get('t'))?.error).toBeUndefined();
  }

  /** Small and large windows, changes of schema. */
  async function work(world: LiveWorld, look: () => Promise<void>): Promise<void> {
    await run(world);
    await look();
    await run(world, 'update t set a = a + 10 where id < 4', 'delete from t where id = 5');
    await look();
    await run(world, `insert into t (id, a) values ${MANY}`, 'update t set a = 7 where id = 2');
    await look();
    await run(world, 'alter table t add column more int default 9', 'update t set a = null where id > 3000');
    await look();
    await run(world, 'truncate table t', 'insert into t (id, a) values (1, 8)');
    await look();
  }

  const same = (world: LiveWorld) => async () => {
    const { source, sink } = await world.sides('t');
    expect(sink).toEqual(source);
  };

  const differences = async (world: LiveWorld, kind: 'verify' | 'resync'): Promise<number | undefined> => {
    await world.store.check('t', kind, undefined);
    await run(world);
    return (await world.progress()).check?.tables[readTableKey(`${world.from}.t`)]?.different;
  };

  it.each(['diff', 'compare'] as const)(
    'have their values in a table made by the product: reader %s',
    async (reader) => {
      const world = await made('', { changeReader: reader });
      await work(world, same(world));
      const { simplified } = await world.progress();
      const reasons = simplified.first.map(({ reason }) => reason);
      expect(reasons).toEqual(sinkType === 'mysql' ? ['without how b is computed, how t is computed'] : []);
      await world.close();
    },
  );

  it.each(['diff', 'compare'] as const)('are carried to plain columns, and compared: reader %s', async (reader) => {
    const world = await made('(id int primary key, A int, B bigint, T varchar(40))', { changeReader: reader });
    await work(world, same(world));
    expect(await differences(world, 'verify')).toBe(0);
    await world.sink.run(`update ${world.to}.t_copy set b = null`);
    expect(await differences(world, 'verify')).toBe(1);
    expect(await differences(world, 'resync')).toBe(1);
    await same(world)();
    await world.close();
  });

  it('come with an ALTER, and go on under another name', async () => {
    const world = await made('');
    await run(world);
    await run(world, 'alter table t add column c int generated always as (a + 1) stored');
    await same(world)();
    await run(world, 'alter table t rename column c to d', 'insert into t (id, a) values (6, 6)');
    await same(world)();
    expect(await world.sink.sorted(`select d from ${world.to}.t_copy where id = 6`)).toEqual(['7']);
    await run(world, 'alter table t drop column d');
    await same(world)();
    await world.close();
  });

  it('are left to a sink that computes them, and to one that has them not', async () => {
    const world = await made('(id int primary key, a int, b int generated always as (a * 3) stored)');
    const look = async (): Promise<void> => {
      const wanted = await world.source.sorted('select id, a, a * 3 from t');
      expect(await world.sink.sorted(`select id, a, b from ${world.to}.t_copy`)).toEqual(wanted);
    };
    await work(world, look);
    expect(await differences(world, 'verify')).toBe(0);
    await world.close();
  });

  it('are plain ones from the moment that a plain one becomes computed', async () => {
    const world = new LiveWorld(servers, sinkType);
    await world.open(['t'], ['create table t (id int primary key, a int, b int)', 'insert into t values (1, 2, 3)'], {
      mode: 'tick',
    });
    await run(world);
    await run(
      world,
      'drop table t',
      `create table t (id int primary key, a int, b int generated always as (a * 2) stored)`,
      'insert into t (id, a) values (1, 2), (2, 3)',
    );
    await same(world)();
    await run(world, 'update t set a = 9');
    await same(world)();
    await world.close();
  });
});
