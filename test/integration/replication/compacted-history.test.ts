import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskOptions } from '../../../lib/task/task.ts';
import { compact, flush } from '../../support/compaction.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { seededRandom } from '../../support/random-writer.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));

let servers: TestServers;
/** Real servers have more to merge. */
let rounds: number;
let rows: number;
beforeAll(async () => {
  servers = await testServers();
  rounds = Number(process.env['ROUNDS'] ?? (servers.real ? 8 : 2));
  rows = servers.real ? 2_000 : 200;
});
afterAll(async () => {
  await servers.stop();
});

/** A real server takes half a second for each flush and collection. */
const PATIENCE = 900_000;

const TABLES = ['one', 'two', 'none'];
const DEFINITIONS = [
  'create table one (id int primary key, v int, s varchar(200), unique key u (v))',
  'create table two (a varchar(20), b bigint, v int, primary key (b, a))',
  'create table none (k int not null, v int, unique key uk (k))',
];
/** Between rounds: in place, by another table, and anew. */
const CHANGES = [
  'alter table one add column extra int default 7',
  'alter table two modify column v bigint',
  'create index i on one (s)',
  'alter table one drop column extra',
  'truncate table none',
];

const numbers = (from: number): number[] => Array.from({ length: rows }, (_, i) => from + i);

/** Rows in several objects, without which there is nothing to merge. */
async function fill(world: LiveWorld, parts: number): Promise<void> {
  for (let part = 0; part < parts; part += 1) {
    const ids = numbers(part * rows);
    await world.source.run(
      `insert into one (id, v, s) values ${ids.map((id) => `(${id}, ${id}, '${'x'.repeat(100)}')`).join(', ')}`,
      `insert into two (a, b, v) values ${ids.map((id) => `('k${id % 5}', ${id}, ${id})`).join(', ')}`,
      `insert into none (k, v) values ${ids.map((id) => `(${id}, ${id})`).join(', ')}`,
    );
    for (const table of TABLES) await flush(world.source, world.from, table);
  }
}

async function write(world: LiveWorld, random: () => number): Promise<void> {
  const some = (below: number): number => Math.floor(random() * below);
  const { source } = world;
  for (let part = 0; part < 3; part += 1) {
    const [at, step] = [some(4 * rows), 2 + some(9)];
    await source.run(
      `update one set s = concat('changed ', ${part}) where id % ${step} = 1`,
      `delete from one where id between ${at} and ${at + 40}`,
      // The value of a row that goes is another's by then.
      `update one set v = -v - 1 where id between ${at + 100} and ${at + 120}`,
      `replace into one (id, v, s) values (${100_000 + at}, ${200_000 + at}, 'new')`,
      `update two set v = v + 1 where b % ${step} = 0`,
      `delete from two where b between ${at} and ${at + 60}`,
      `delete from none where k between ${at} and ${at + 9}`,
      // Written, and what it was.
      `update two set v = v where b between ${at + 200} and ${at + 230}`,
    );
    for (const table of TABLES) await flush(source, world.from, table);
  }
}

async function expectEqual(world: LiveWorld, why: string): Promise<void> {
  expect((await world.store.get('t'))?.error, why).toBeUndefined();
  for (const table of TABLES) {
    const wanted = await world.source.sorted(`select * from ${world.from}.${table}`);
    expect(await world.sink.sorted(`select * from ${world.to}.${table}_copy`), `${table}, ${why}`).toEqual(wanted);
  }
}

async function replicate(options: Partial<TaskOptions>, before: readonly string[] = []): Promise<LiveWorld> {
  const random = seededRandom(SEED);
  const world = new LiveWorld(servers, 'matrixone');
  await world.source.run(`create database ${world.from}`, ...before.map((sql) => sql.replaceAll('DB', world.from)));
  await world.open(TABLES, DEFINITIONS, { mode: 'tick', ...options });
  await fill(world, 4);
  await world.run();
  for (let round = 0; round < rounds; round += 1) {
    await write(world, random);
    const change = round % 2 === 1 ? CHANGES[((round - 1) / 2) % CHANGES.length] : undefined;
    if (change !== undefined) await world.source.run(change);
    if (change !== undefined) await write(world, random);
    await compact(world.source, world.from, TABLES);
    // The first change since then makes what the diff would have to read.
    await world.source.run(`update one set s = 'last' where id = ${rows}`, `update two set v = 0 where b = ${rows}`);
    await world.run();
    await expectEqual(world, `round ${round}, SEED=${SEED}`);
  }
  return world;
}

const compared = (world: LiveWorld): string[] => world.logged.filter((line) => line.startsWith('table.compared'));

describe(`a source that has merged and collected what led to the present (SEED=${SEED})`, () => {
  it.each([
    ['a window in one transaction', {}],
    ['a window in many', { transactionRows: 700 }],
  ])(
    'is compared, and followed as before: %s',
    async (_, options) => {
      const world = await replicate({ changeReader: 'auto', ...options });
      expect(compared(world).length).toBeGreaterThan(rounds / 2);
      const { compared: told } = await world.progress();
      expect(told.first.map(({ reason }) => reason).join()).toMatch(/is not found/u);
      // And by the diff again, as soon as that can be.
      const before = compared(world).length;
      await world.source.run(`update one set s = 'later' where id = ${rows}`);
      await world.run();
      await expectEqual(world, 'afterwards');
      expect(compared(world)).toHaveLength(before);
      await world.close();
    },
    PATIENCE,
  );

  it(
    'is followed by comparing alone',
    async () => {
      const world = await replicate({ changeReader: 'compare' });
      expect(compared(world)).toEqual([]);
      await world.close();
    },
    PATIENCE,
  );

  it(
    'still tells what changed where a PITR covers the tables',
    async () => {
      const world = await replicate({ changeReader: 'auto' }, [`create pitr p_DB for database DB range 2 'h'`]);
      expect(compared(world)).toEqual([]);
      await world.source.run(`drop pitr p_${world.from}`);
      await world.close();
    },
    PATIENCE,
  );
});
