import { afterAll, beforeAll, expect, it } from 'vitest';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { NO_PAD } from '../../support/sink-server.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

/** The sink's database has a collation to which `a` and `A` are the same. Only the columns of somebody are exact. */
async function begun(): Promise<LiveWorld> {
  const world = new LiveWorld(servers, 'mysql');
  const exact = `collate ${NO_PAD[servers.mysqlSink]}`;
  await world.sink.run(
    `create database ${world.to} character set utf8mb4 collate utf8mb4_general_ci`,
    `create table ${world.to}.v_copy (id int primary key, s varchar(8) character set utf8mb4 ${exact}, unique key us (s))`,
  );
  const table = 'create table v (id int primary key, s varchar(8), unique key us (s))';
  await world.open(['v'], [table, "insert into v values (1, 'a'), (2, 'A')"], { mode: 'tick' });
  await world.run();
  return world;
}

it.each([
  ['made longer', 'alter table v modify column s varchar(20)', []],
  ['renamed', 'alter table v rename column s to n', []],
  [
    'added, with a unique index of its own,',
    'alter table v add column n varchar(9)',
    ["update v set n = if(id = 1, 'b', 'B')", 'alter table v add unique key un (n)'],
  ],
])('a text column %s tells apart what the source tells apart', async (_, alter, then) => {
  const world = await begun();
  await world.source.run(alter);
  await world.run();
  for (const statement of then) {
    await world.source.run(statement);
    await world.run();
  }
  expect((await world.store.get('t'))?.error).toBeUndefined();
  await world.source.run(
    `insert into v values (3, 'x'${then.length > 0 ? ", 'c'" : ''}), (4, 'X'${then.length > 0 ? ", 'C'" : ''})`,
  );
  await world.run();
  expect((await world.store.get('t'))?.error).toBeUndefined();
  const { source, sink } = await world.sides('v');
  expect(sink).toEqual(source);
  await world.close();
});
