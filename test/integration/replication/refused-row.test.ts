import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SinkType } from '../../../lib/task/task.ts';
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

const MANY = 5_000;
const REFUSED_KEY = 4_321;
const many = (value: (id: number) => string): string =>
  `insert into v values ${Array.from({ length: MANY }, (_, id) => `(${id}, '${value(id)}')`).join(', ')}`;

/** A collation that tells all values apart: a unique key of another one is refused. */
const exact = (sinkType: SinkType): string =>
  sinkType === 'mysql' ? ` character set utf8mb4 collate ${NO_PAD[servers.mysqlSink]}` : '';

/** A task that has copied a table without rows; the sink table has less room, and no value twice. */
async function begun(sinkType: SinkType): Promise<LiveWorld> {
  const world = new LiveWorld(servers, sinkType);
  await world.sink.run(
    `create database ${world.to}${exact(sinkType)}`,
    `create table ${world.to}.v_copy (id int primary key, s varchar(8), unique key us (s))`,
  );
  await world.open(['v'], ['create table v (id int primary key, s varchar(20))'], { mode: 'tick' });
  await world.run();
  return world;
}

describe.each<SinkType>(['matrixone', 'mysql'])('a row of a large window that a %s sink refuses', (sinkType) => {
  it.each([
    ['for a value', 'SINK_ROW_REJECTED', `refused ${REFUSED_KEY}`, []],
    ['for a value that another row has', 'SINK_DUPLICATE_KEY', 's77', []],
    ['for a value, when the table is compared,', 'SINK_ROW_REJECTED', `refused ${REFUSED_KEY}`, ['truncate table v']],
  ])('%s is told by its key and its column', async (_, code, value, first) => {
    const world = await begun(sinkType);
    await world.source.run(
      ...first,
      many((id) => (id === REFUSED_KEY ? value : `s${id}`)),
    );
    await world.run();
    const error = (await world.store.get('t'))?.error;
    expect(error?.code).toBe(code);
    const key = code === 'SINK_ROW_REJECTED' ? String(REFUSED_KEY) : `(77|${REFUSED_KEY})`;
    expect(error?.message).toMatch(
      new RegExp(`It refused the row id=${key} of ${world.to}.v_copy for its column s\\.$`, 'u'),
    );
    await world.source.run(`update v set s = 'mended' where id = ${REFUSED_KEY}`);
    expect(await resume(world)).toBeUndefined();
    await expectEqual(world);
    await world.source.run("insert into v values (10000, 'more')");
    await world.run();
    await expectEqual(world);
    await world.close();
  });
});
