import { afterAll, beforeAll, expect, it } from 'vitest';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

/** Somebody has made the sink table, with less room. */
const NARROW = '(id int primary key, s varchar(5))';
const REFUSED = "insert into v values (7, 'too long')";

async function resume(world: LiveWorld): Promise<string | undefined> {
  await world.store.setDesired('t', 'running');
  await world.run();
  return (await world.store.get('t'))?.error?.code;
}

async function expectEqual(world: LiveWorld): Promise<void> {
  const { source, sink } = await world.sides('v');
  expect(sink).toEqual(source);
}

const rows = Array.from({ length: 50 }, (_, i) => `(${100 + i}, 'fits')`).join(', ');

it.each([
  ['the first copy', true],
  ['a window', false],
])('a value of %s that the sink refuses is in nobody’s way once it is mended at the source', async (_, first) => {
  const world = new LiveWorld(servers, 'mysql');
  await world.sink.run(`create database ${world.to}`, `create table ${world.to}.v_copy ${NARROW}`);
  const table = 'create table v (id int primary key, s varchar(20))';
  const before = [`insert into v values ${rows}`, ...(first ? [REFUSED] : [])];
  await world.open(['v'], [table, ...before], { mode: 'tick', chunkRows: 20 });
  if (!first) {
    await world.run();
    await world.source.run(REFUSED);
  }
  await world.run();
  expect((await world.store.get('t'))?.error?.code).toBe('SINK_ROW_REJECTED');
  await world.source.run('delete from v where id = 7', "update v set s = 'other' where id = 101");
  expect(await resume(world)).toBeUndefined();
  await expectEqual(world);
  await world.source.run("insert into v values (8, 'more')");
  await world.run();
  await expectEqual(world);
  await world.close();
});
