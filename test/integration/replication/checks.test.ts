import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { readTableKey } from '../../../lib/task/task.ts';

const ROWS = 25_000;

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

async function fill(world: LiveWorld): Promise<void> {
  for (let start = 0; start < ROWS; start += 5_000) {
    const values = Array.from(
      { length: 5_000 },
      (_, i) => `(${start + i}, 'k${(start + i) % 7}', 'value', '2026-01-01 00:00:00.5')`,
    );
    await world.source.run(`insert into t values ${values.join(',')}`);
  }
}

/** Rows that the sink has lost, has too many, or has otherwise. */
async function tamper(world: LiveWorld): Promise<void> {
  await world.sink.run(
    `delete from ${world.to}.t_copy where id in (1, 12345)`,
    `insert into ${world.to}.t_copy values (-5, 'x', 'stray', null), (99999, 'x', 'stray', null)`,
    `update ${world.to}.t_copy set v = 'bent' where id in (7, 20000, 24999)`,
  );
}

describe.each(['matrixone', 'mysql'] as const)('a sink of type %s that somebody has changed', (sinkType) => {
  it('is found out by verify and repaired by resync while the source is written to', async () => {
    const world = new LiveWorld(servers, sinkType);
    await world.open(
      ['t'],
      ['create table t (id int, k varchar(5), v varchar(20), at datetime(6), primary key (id, k))'],
    );
    await fill(world);
    const stopped = new AbortController();
    const worker = world.run().finally(() => {
      stopped.abort();
    });
    await expect.poll(async () => (await world.progress()).phase, { timeout: 60_000 }).toBe('window');
    const writing = (async () => {
      for (let i = 0; !stopped.signal.aborted; i += 1) {
        await world.source.run(`insert into t values (${100_000 + i}, 'new', 'value', now(6))`);
        await world.source.run(`update t set v = 'later' where id = ${30 + (i % 1_000)}`);
        // MariaDB deletes by a composite key from a staging table in quadratic time: windows stay small.
        await sleep(10);
      }
    })();
    const checked = async (kind: 'verify' | 'resync') => {
      const { check } = await world.store.check('t', kind, undefined);
      const done = async () => {
        const found = (await world.progress()).check;
        return found?.number === check?.number ? found?.finishedAt : 0;
      };
      await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(0);
      return (await world.progress()).check?.tables[readTableKey(`${world.from}.t`)];
    };
    const none = { missing: 0, extra: 0, different: 0, examples: [] };
    expect(await checked('verify')).toMatchObject(none);
    await tamper(world);
    const found = await checked('verify');
    expect(found).toMatchObject({ missing: 2, extra: 2, different: 3 });
    const named = (found?.examples ?? []).map(({ kind, key }) => `${kind} ${key}`).sort();
    expect(named).toEqual([
      'different id=20000, k="k1"',
      'different id=24999, k="k2"',
      'different id=7, k="k0"',
      'extra id=-5, k="x"',
      'extra id=99999, k="x"',
      'missing id=1, k="k1"',
      'missing id=12345, k="k4"',
    ]);
    expect(await checked('resync')).toMatchObject({ missing: 2, extra: 2, different: 3 });
    // What is equal is not written again, whichever way the sink prints it.
    expect(await checked('resync')).toMatchObject(none);
    expect(await checked('verify')).toMatchObject(none);

    const { window } = await world.progress();
    expect(window).toBeGreaterThan(0);
    await world.store.setDesired('t', 'paused');
    await worker;
    await writing;
    await world.store.setDesired('t', 'running');
    const last = world.run();
    const count = async (client: typeof world.source, table: string) =>
      await client.number(`select count(*) from ${table}`);
    await expect
      .poll(async () => await count(world.sink, `${world.to}.t_copy`), { timeout: 90_000 })
      .toBe(await count(world.source, 't'));
    await world.store.setDesired('t', 'paused');
    await last;
    const columns = 'select id, k, v from';
    expect(await world.sink.sorted(`${columns} ${world.to}.t_copy`)).toEqual(await world.source.sorted(`${columns} t`));
    await world.close();
  });
});

describe.each(['matrixone', 'mysql'] as const)(
  'keys whose digits only a decimal tells apart, at a sink of type %s',
  (sinkType) => {
    it('are compared each with its own', async () => {
      const world = new LiveWorld(servers, sinkType);
      await world.open(['t'], ['create table t (k decimal(38,37) primary key, v int)'], { chunkRows: 300 });
      const key = (n: number): string => `1.${String(n).padStart(37, '0')}`;
      const values = Array.from({ length: 1_500 }, (_, n) => `(${key(n)}, ${n})`);
      await world.source.run(`insert into t values ${values.join(',')}`);
      const worker = world.run();
      await expect.poll(async () => (await world.progress()).phase, { timeout: 60_000 }).toBe('window');
      const checked = async (kind: 'verify' | 'resync') => {
        const { check } = await world.store.check('t', kind, undefined);
        const done = async () => {
          const found = (await world.progress()).check;
          return found?.number === check?.number ? found?.finishedAt : 0;
        };
        await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(0);
        return (await world.progress()).check?.tables[readTableKey(`${world.from}.t`)];
      };
      const none = { rows: 1_500, missing: 0, extra: 0, different: 0, examples: [] };
      expect(await checked('verify')).toMatchObject(none);
      await world.sink.run(
        `delete from ${world.to}.t_copy where v in (3, 700, 1499)`,
        `insert into ${world.to}.t_copy values ('${key(5_000)}', 1), ('${key(70_000).replace('1', '0')}', 2)`,
        `update ${world.to}.t_copy set v = -1 where v in (9, 1000)`,
      );
      const found = { rows: 1_500, missing: 3, extra: 2, different: 2 };
      expect(await checked('verify')).toMatchObject(found);
      expect(await checked('resync')).toMatchObject(found);
      expect(await checked('verify')).toMatchObject(none);
      await world.store.setDesired('t', 'paused');
      await worker;
      const { source, sink } = await world.sides('t');
      expect(sink).toEqual(source);
      await world.close();
    });
  },
);
