import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isHeldByPitr } from '../../../lib/data/position.ts';
import { type Account, createAccount } from '../../support/account.ts';
import { killer, LEASE_RUNS_OUT } from '../../support/killer.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { RandomWriter, seededRandom, WORKLOAD_DEFINITIONS, WORKLOAD_TABLES } from '../../support/random-writer.ts';
import { type TestServers, testServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));
const WINDOWS = Number(process.env['WINDOWS'] ?? 30);
const WRITERS = 3;

let servers: TestServers;
let account: Account;
beforeAll(async () => {
  servers = await testServers();
  account = await createAccount(servers.sourceUri);
  await account.client.run(`create pitr held for account range 1 'h'`);
  await sleep(1_100);
}, 60_000);
afterAll(async () => {
  await account.close();
  await servers.stop();
});

const worldOf = (): LiveWorld => new LiveWorld({ ...servers, sourceUri: account.uri }, 'mysql');
const snapshots = (): Promise<string[]> => account.client.sorted('select sname from mo_catalog.mo_snapshots');

describe(`a task of an account other than sys whose history a PITR holds (seed ${SEED})`, () => {
  it.each(['diff', 'compare'] as const)(
    'is the source at every checkpoint, read by %s',
    async (reader) => {
      const world = worldOf();
      const changeReader = reader === 'diff' ? 'auto' : 'compare';
      const withoutKey = 'replace';
      const limits = { transactionRows: 20, chunkRows: 10 };
      await world.open(WORKLOAD_TABLES, WORKLOAD_DEFINITIONS, { ...limits, changeReader, withoutKey, history: 'pitr' });
      const differing: object[] = [];
      let windows = 0;
      let ended = false;
      world.onWindow = async (checkpoint, window) => {
        for (const table of WORKLOAD_TABLES) {
          const { source, sink } = await world.sides(table, checkpoint);
          if (!isDeepStrictEqual(sink, source)) differing.push({ table, window, sink, source });
        }
        windows = window;
        if (window < WINDOWS) return;
        ended = true;
        await world.store.setDesired('t', 'paused');
      };
      const writers = Array.from({ length: WRITERS }, async (_, number) => {
        const client = new SqlClient(world.sourceUri);
        await client.run(`use ${world.from}`, 'set lock_wait_timeout = 1');
        const writer = new RandomWriter(client, number, seededRandom(SEED + number));
        while (!ended) await writer.step();
        client.close();
      });
      await world.run(undefined, 180_000);
      ended = true;
      await Promise.all(writers);
      expect(differing).toEqual([]);
      expect(windows).toBeGreaterThanOrEqual(WINDOWS);
      expect(await snapshots()).toEqual([]);
      await world.store.setDesired('t', 'running');
      await world.close();
    },
    240_000,
  );

  it('goes on wherever its workers die, and leaves no snapshot', async () => {
    const random = seededRandom(SEED);
    const world = worldOf();
    await world.open(['t'], ['create table t (id int primary key, v varchar(20))'], {
      mode: 'tick',
      transactionRows: 2,
      history: 'pitr',
    });
    await world.source.run(`insert into t values (1, 'a'), (2, 'b'), (3, 'c')`);
    for (let round = 0; round < 12; round += 1) {
      const { gate, killed } = killer(1 + Math.floor(random() * 40));
      await world.run(gate).catch(() => undefined);
      if (killed() !== undefined) world.clock.jump(LEASE_RUNS_OUT);
      await world.source.run(`replace into t values (${1 + (round % 5)}, 'r${round}')`, `delete from t where id = 3`);
    }
    world.clock.jump(LEASE_RUNS_OUT);
    expect((await world.run()).outcome).toBe('stopped');
    const { source, sink } = await world.sides('t');
    expect(sink).toEqual(source);
    expect(await snapshots()).toEqual([]);
    await world.close();
  }, 120_000);

  it('fails where the PITR is made anew, and is repaired by a resync', async () => {
    const world = worldOf();
    await world.open(['t'], ['create table t (id int primary key, v varchar(20))'], { mode: 'tick' });
    // As if others had used up the quota.
    const full = Array.from({ length: 50 }, (_, i) => `full_${i}`);
    for (const name of full) await account.client.run(`create snapshot ${name} for table ${world.from} t`);
    await world.source.run(`insert into t values (1, 'a'), (2, 'b')`);
    await world.run();
    const { checkpoint, pitrReach } = await world.progress();
    expect(checkpoint && isHeldByPitr(checkpoint)).toBe(true);
    expect(pitrReach).toBe(59 * 60_000);
    await account.client.run('drop pitr held', `create pitr held for account range 1 'h'`);
    await world.source.run(`update t set v = 'c' where id = 1`);
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.store.get('t'))?.error?.code).toBe('HISTORY_LOST');
    await sleep(1_100);
    await world.store.check('t', 'resync', undefined);
    await world.store.setDesired('t', 'running');
    expect((await world.run()).outcome).toBe('stopped');
    const { source, sink } = await world.sides('t');
    expect(sink).toEqual(source);
    for (const name of full) await account.client.run(`drop snapshot ${name}`);
    await world.source.run(`update t set v = 'd' where id = 2`);
    await world.run();
    const after = (await world.progress()).checkpoint;
    expect(after && isHeldByPitr(after)).toBe(false);
    expect((await world.sides('t')).sink).toEqual(['1|c', '2|d']);
    await world.close();
    expect(await snapshots()).toEqual([]);
  }, 120_000);

  it('may start at a time that it holds', async () => {
    const world = worldOf();
    await world.source.run(
      `create database ${world.from}`,
      `use ${world.from}`,
      'create table t (id int primary key, v varchar(20))',
      `insert into t values (1, 'a'), (2, 'b')`,
    );
    // Not for the task: for the emulator, which knows no more of a time than the last snapshot before it.
    await world.source.run(`create snapshot mo_cdc_other for database ${world.from}`);
    await sleep(1_100);
    const startTs = new Date().toISOString();
    await sleep(1_100);
    await world.source.run(`update t set v = 'c' where id = 1`, 'delete from t where id = 2');
    await world.sink.run(
      `create database ${world.to}`,
      `create table ${world.to}.t_copy (id int primary key, v varchar(20))`,
      `insert into ${world.to}.t_copy values (1, 'a'), (2, 'b'), (9, 'own')`,
    );
    await world.open(['t'], [], { mode: 'tick', startTs });
    expect((await world.run()).outcome).toBe('stopped');
    expect(await world.sink.sorted(`select * from ${world.to}.t_copy`)).toEqual(['1|c', '9|own']);
    await world.source.run('drop snapshot mo_cdc_other');
    await world.close();
  }, 60_000);
});
