import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../lib/error-codes.ts';
import { createAccount, type Account } from '../../support/account.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

/** What becomes of accounts and their users is MatrixOne's own: the emulator knows nothing of it. */
const REAL = (process.env['MATRIXONE_SOURCE'] ?? '') !== '';
const USER = 'cdc_user';

interface Trouble {
  readonly code: ErrorCode;
  readonly passes: boolean;
  /** Sessions that are open keep the rights, and the account, that they have. */
  readonly forNewSessions: boolean;
  readonly begin: (ends: Ends) => Promise<void>;
  readonly mend: (ends: Ends) => Promise<void>;
}

interface Ends {
  readonly sys: SqlClient;
  readonly account: Account;
}

const RIGHTS = ['all on account *', 'all on database *', 'all on table *.*'];

const TROUBLES: Readonly<Record<string, Trouble>> = {
  // As the service does with one that has used up its storage.
  'account is restricted': {
    code: 'SINK_FULL',
    passes: true,
    forNewSessions: false,
    begin: ({ sys, account }) => sys.run(`alter account ${account.name} restricted`),
    mend: ({ sys, account }) => sys.run(`alter account ${account.name} open`),
  },
  'account is suspended': {
    code: 'SINK_ACCESS_DENIED',
    passes: false,
    forNewSessions: true,
    begin: ({ sys, account }) => sys.run(`alter account ${account.name} suspend`),
    mend: ({ sys, account }) => sys.run(`alter account ${account.name} open`),
  },
  'rights are revoked': {
    code: 'SINK_PRIVILEGE',
    passes: false,
    forNewSessions: true,
    begin: ({ account }) => account.client.run(...RIGHTS.map((right) => `revoke ${right} from cdc_role`)),
    mend: ({ account }) => account.client.run(...RIGHTS.map((right) => `grant ${right} to cdc_role`)),
  },
  'user is locked': {
    code: 'SINK_ACCESS_DENIED',
    passes: false,
    forNewSessions: true,
    begin: ({ account }) => account.client.run(`alter user ${USER} lock`),
    mend: ({ account }) => account.client.run(`alter user ${USER} unlock`),
  },
};

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

describe.skipIf(!REAL).each(Object.entries(TROUBLES))('a sink whose %s', (_, trouble) => {
  it('shows as such, keeps to states that the source was in, and gets all that it has missed', async () => {
    const sys = new SqlClient(servers.matrixoneSinkUri);
    const account = await createAccount(servers.matrixoneSinkUri);
    await account.client.run('create role cdc_role', `create user ${USER} identified by '111' default role cdc_role`);
    await account.client.run(...RIGHTS.map((right) => `grant ${right} to cdc_role`), `grant cdc_role to ${USER}`);
    const userUri = account.uri.replace(':admin:', `:${USER}:`);
    const world = new LiveWorld({ ...servers, matrixoneSinkUri: account.uri }, 'matrixone');
    world.reached = (spec) => ({ ...spec, sinkUri: userUri });
    const tables = ['few', 'many'];
    await world.open(
      tables,
      tables.map((table) => `create table ${table} (id int primary key, v varchar(200))`),
      { mode: 'tick', chunkRows: 1_000 },
    );
    await change(world, 0);
    let failures = 0;
    // The first run is the first copy.
    for (let round = 0; round < 7; round++) {
      failures += await play(world, trouble, { sys, account }, trouble.forNewSessions ? 0 : 1 + round);
      await change(world, round + 1);
    }
    expect(failures).toBeGreaterThan(3);
    await world.store.drop('t');
    await world.run();
    await world.source.run(`drop database ${world.from}`);
    await account.close();
    for (const client of [world.source, world.sink, sys]) client.close();
  });
});

/** The trouble begins before the so many-th call of the sink. */
async function play(world: LiveWorld, { code, passes, begin, mend }: Trouble, ends: Ends, at: number): Promise<number> {
  const stop = new AbortController();
  let calls = 0;
  const before = await few(world, ends);
  if (at === 0) await begin(ends);
  const { outcome } = await world.run(
    async (call, when) => {
      if (call.startsWith('sink.') && when === 'before' && ++calls === at) await begin(ends);
      if (call === 'store.saveError' && when === 'after') stop.abort();
    },
    600_000,
    passes ? stop.signal : undefined,
  );
  const error = (await world.store.get('t'))?.error;
  await mend(ends);
  expect([undefined, code]).toContain(error?.code);
  expect(outcome).toBe(error !== undefined && !passes ? 'failed' : 'stopped');
  if (error !== undefined) expect(await few(world, ends)).toEqual(before);
  if (outcome === 'failed') await world.store.setDesired('t', 'running');
  await world.run();
  expect((await world.store.get('t'))?.error).toBeUndefined();
  for (const table of ['few', 'many']) {
    const source = await world.source.sorted(`select * from ${world.from}.${table}`);
    const sink = await atSink(ends, `select * from ${world.to}.${table}_copy`);
    expect(isDeepStrictEqual(sink, source), `${table}: ${sink.length} of ${source.length} rows`).toBe(true);
  }
  return error === undefined ? 0 : 1;
}

/** Empty before the first copy. */
const few = (world: LiveWorld, ends: Ends): Promise<string[]> =>
  atSink(ends, `select * from ${world.to}.few_copy`).catch(() => []);

/** Over a connection of its own: those of a suspended account are ended. */
async function atSink({ account }: Ends, sql: string): Promise<string[]> {
  const client = new SqlClient(account.uri);
  try {
    return await client.sorted(sql);
  } finally {
    client.close();
  }
}

async function change(world: LiveWorld, round: number): Promise<void> {
  const rows = (from: number, count: number): string =>
    Array.from({ length: count }, (_, i) => `(${from + i}, 'round ${round}')`).join(',');
  await world.source.run(
    'delete from few where id % 3 = 1',
    `replace into few values ${rows(3 * round, 10)}`,
    `update many set v = 'changed in round ${round}' where id % 50 = ${round}`,
    `insert into many values ${rows(2_500 * round, 2_500)}`,
  );
}
