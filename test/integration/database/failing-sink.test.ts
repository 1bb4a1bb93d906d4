import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMariaDb, type MariaDbServer } from '../../../localstack/mariadb.ts';
import { errorKind, type ErrorCode } from '../../../lib/error-codes.ts';
import type { TaskError } from '../../../lib/record/task-record.ts';
import { InterruptedSessions } from '../../support/interrupted-sessions.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { seededRandom } from '../../support/random-writer.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));
/** Windows that the trouble comes upon, at a statement each; by hand: MOMENTS=100. */
const MOMENTS = Number(process.env['MOMENTS'] ?? 8);
const TABLES = ['few', 'many', 'altered'] as const;

interface Trouble {
  readonly codes: readonly [ErrorCode, ...ErrorCode[]];
  readonly begin: (admin: SqlClient, database: string) => Promise<void>;
  readonly mend: (admin: SqlClient, database: string) => Promise<void>;
}

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'becomes read-only': {
    codes: ['SINK_READ_ONLY'],
    begin: (admin) => admin.run('set global read_only = 1'),
    mend: (admin) => admin.run('set global read_only = 0'),
  },
  'is full': {
    codes: ['SINK_FULL'],
    begin: fill,
    mend: (admin) => admin.run('drop table if exists ballast.t'),
  },
  'takes the right to insert away': {
    codes: ['SINK_PRIVILEGE'],
    begin: (admin, database) => admin.run(`revoke insert on ${database}.* from cdc`),
    mend: grant,
  },
  'takes all rights away': {
    // A database that is hidden from a user looks as if it were not there.
    codes: ['SINK_PRIVILEGE', 'SINK_DATABASE_MISSING'],
    begin: (admin) => admin.run('revoke all, grant option from cdc'),
    mend: grant,
  },
  'locks its user out': {
    codes: ['SINK_ACCESS_DENIED', 'SINK_UNREACHABLE'],
    begin: (admin) => admin.run('alter user cdc account lock', 'kill user cdc'),
    mend: (admin) => admin.run('alter user cdc account unlock'),
  },
};

/** Rows small enough for InnoDB to take a failed statement back: of larger ones, a full MariaDB goes down. */
async function fill(admin: SqlClient): Promise<void> {
  await admin.run('create table if not exists ballast.t (v varbinary(7000)) engine = InnoDB');
  for (const [bytes, rows] of [
    [7_000, 50],
    [7_000, 1],
    [100, 1],
  ]) {
    const insert = `insert into ballast.t select repeat('x', ${bytes}) from ballast.seq_1_to_${rows}`;
    const taken = (): Promise<boolean> =>
      admin.run(insert).then(
        () => true,
        () => false,
      );
    while (await taken());
  }
}

async function grant(admin: SqlClient, database: string): Promise<void> {
  for (const each of [database, 'mo_cdc']) await admin.run(`grant all on ${each}.* to cdc`);
}

let servers: TestServers;
let dir: string;
let server: MariaDbServer;
let admin: SqlClient;
let sessions: InterruptedSessions;
beforeAll(async () => {
  servers = await testServers();
  dir = await mkdtemp(path.join(tmpdir(), 'mo-cdc-failing-'));
  // All tables in one file, which is full at some size; what undoes a transaction keeps place of its own.
  const undo = '--innodb-undo-tablespaces=3';
  const space = ['--innodb-file-per-table=0', '--innodb-data-file-path=ibdata1:12M:autoextend:max:40M'];
  server = await startMariaDb({ dir, installArgs: [undo], args: [undo, ...space] });
  admin = new SqlClient(`mysql://root:111@127.0.0.1:${server.port}`);
  await admin.run('create database ballast', `create user cdc identified by '111'`);
  sessions = new InterruptedSessions();
});
afterAll(async () => {
  sessions.restore();
  admin.close();
  await server.stop();
  await rm(dir, { recursive: true });
  await servers.stop();
});

/** The workers go by a user of theirs; plain from the start, since to try TLS first takes statements without delay. */
function ofUser(): LiveWorld {
  const uri = (user: string): string => `mysql://${user}:111@127.0.0.1:${server.port}?tls=disabled`;
  const world = new LiveWorld({ ...servers, mysqlSinkUri: uri('root') }, 'mysql');
  world.reached = (spec) => ({ ...spec, sinkUri: uri('cdc') });
  return world;
}

describe.each(Object.entries(TROUBLES))(`a sink that %s (seed ${SEED})`, (_, trouble) => {
  const random = seededRandom(SEED);
  const below = (limit: number): number => Math.floor(random() * limit);

  it('shows as such, keeps to states that the source was in, and gets all that it has missed', async () => {
    const world = ofUser();
    await grant(admin, world.to);
    await world.open(
      TABLES,
      TABLES.map((table) => `create table ${table} (id int primary key, v varchar(200))`),
      { mode: 'tick', chunkRows: 1_000 },
    );
    await change(world, 0);
    let failures = await play(world, trouble, 1 + below(60), random() < 0.5);
    await change(world, 1);
    sessions.count();
    await world.run();
    const statements = sessions.sent;
    for (let moment = 0; moment < MOMENTS; moment++) {
      await change(world, moment + 2);
      const at = Math.ceil(((moment + random()) * statements) / MOMENTS);
      failures += await play(world, trouble, at, random() < 0.5);
    }
    // The last moments may be after the last statement that the trouble keeps from its work.
    expect(failures).toBeGreaterThan(MOMENTS / 4);
    await world.close();
  });
});

it('a table that is hidden from the user right after it was created is not said to be a view', async () => {
  const world = ofUser();
  await grant(admin, world.to);
  await world.open(['t'], ['create table t (id int primary key)', 'insert into t values (1)'], { mode: 'tick' });
  let created = false;
  const isMoment = (sql: string): boolean => {
    const now = created;
    created ||= sql.startsWith(`create table if not exists \`${world.to}\``);
    return now;
  };
  sessions.count(isMoment, () => admin.run('revoke all, grant option from cdc'));
  expect((await world.run()).outcome).toBe('failed');
  expect((await world.store.get('t'))?.error).toMatchObject({ code: 'SINK_PRIVILEGE' });
  await grant(admin, world.to);
  await world.store.setDesired('t', 'running');
  await world.run();
  const { source, sink } = await world.sides('t');
  expect(sink).toEqual(source);
  await world.close();
});

it('a table that is hidden from the user while it is looked at is not said to lack its key', async () => {
  const world = ofUser();
  await grant(admin, world.to);
  await world.open(['t'], ['create table t (id int primary key, u int not null unique)'], { mode: 'tick' });
  await world.run();
  for (let at = 1, reached = true; reached; at += 1) {
    await world.source.run(`alter table t add column c${at} int`);
    let looks = 0;
    const isMoment = (sql: string): boolean => sql.includes('information_schema') && (looks += 1) === at;
    sessions.count(isMoment, () => admin.run('revoke all, grant option from cdc'));
    await world.run();
    sessions.count();
    reached = looks >= at;
    const code = (await world.store.get('t'))?.error?.code;
    if (code !== undefined) expect(['SINK_PRIVILEGE', 'SINK_DATABASE_MISSING']).toContain(code);
    await grant(admin, world.to);
    await world.store.setDesired('t', 'running');
    await world.run();
    expect((await world.store.get('t'))?.error).toBeUndefined();
  }
  await world.close();
});

/**
 * Runs the worker into the trouble, and on once it is mended: while it waits for its next try, or a later one. Returns
 * whether it failed.
 */
async function play(world: LiveWorld, trouble: Trouble, at: number, meanwhile: boolean): Promise<number> {
  const { codes, begin, mend } = trouble;
  const passes = errorKind(codes[0]).class === 'retry';
  const end = new AbortController();
  const errors: TaskError[] = [];
  const before = await few(world.sink, world.to, '_copy');
  sessions.count(
    (_, number) => number === at,
    () => begin(admin, world.to),
  );
  const { outcome } = await world.run(
    async (call, when) => {
      const error = (await world.store.get('t'))?.error;
      if (call !== 'store.saveError' || when !== 'after' || error === undefined) return;
      errors.push(error);
      // Nothing of a window but all of it.
      const [after, now] = [await few(world.source, world.from), await few(world.sink, world.to, '_copy')];
      expect([before, after].some((state) => isDeepStrictEqual(state, now))).toBe(true);
      if (!passes) return;
      if (meanwhile) await mend(admin, world.to);
      else end.abort();
    },
    600_000,
    end.signal,
  );
  sessions.count();
  expect(errors.filter(({ code }) => !codes.includes(code))).toEqual([]);
  const failed = errors.length > 0;
  expect(outcome).toBe(failed && !passes ? 'failed' : 'stopped');
  if (outcome === 'failed') {
    expect((await world.run()).outcome).toBe('idle');
    await world.store.setDesired('t', 'running');
  }
  await mend(admin, world.to);
  await world.run();
  expect((await world.store.get('t'))?.error).toBeUndefined();
  for (const table of TABLES) {
    const { source, sink } = await world.sides(table);
    // A comparison of thousands of lines would take its time to print.
    expect(isDeepStrictEqual(sink, source), `${table}: ${sink.length} of ${source.length} rows`).toBe(true);
  }
  return failed ? 1 : 0;
}

const few = (client: SqlClient, database: string, suffix = ''): Promise<string[]> =>
  client.sorted(`select * from ${database}.few${suffix}`).catch(() => []);

/** A window of all kinds: few changes, so many that they go by a staging table, and a table that is altered. */
async function change(world: LiveWorld, round: number): Promise<void> {
  const rows = (from: number, count: number): string =>
    Array.from({ length: count }, (_, i) => `(${from + i}, '${`round ${round}`.padEnd(100, 'x')}')`).join(',');
  await world.source.run(
    'delete from few where id % 3 = 1',
    `replace into few values ${rows(3 * round, 10)}`,
    `update many set v = 'changed in round ${round}' where id % 50 = ${round}`,
    `insert into many values ${rows(2_500 * round, 2_500)}`,
    `alter table altered add column c${round} int default ${round}`,
    `insert into altered (id, v) values (${round}, 'x')`,
  );
}
