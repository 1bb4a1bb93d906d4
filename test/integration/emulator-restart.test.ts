import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSite, type Site } from '../storm/site.ts';
import { SqlClient } from '../support/sql-client.ts';

const isEmulated = process.env['MATRIXONE_SOURCE'] === undefined;

let site: Site;
beforeAll(async () => {
  site = await startSite('mysql');
});
afterAll(async () => {
  await site.stop();
});

/** A connection does not survive the server's end. */
async function on<T>(work: (client: SqlClient) => Promise<T>): Promise<T> {
  const client = new SqlClient(site.source.uri);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

it.runIf(isEmulated)(
  'snapshots, and what was committed, survive that the server behind the emulator is killed',
  async () => {
    await on((client) =>
      client.run(
        'create database kept',
        'create table kept.t (id int primary key, v varchar(9))',
        `insert into kept.t values (1, 'a'), (2, 'b')`,
        'create snapshot one for database kept',
        `update kept.t set v = 'c' where id = 1`,
      ),
    );
    await site.source.restart?.();
    await on(async (client) => {
      await client.run('delete from kept.t where id = 2', 'create snapshot two for database kept');
      expect(await client.sorted(`select * from kept.t{snapshot = 'one'}`)).toEqual(['1|a', '2|b']);
      expect(await client.sorted(`select * from kept.t{snapshot = 'two'}`)).toEqual(['1|c']);
      const changes = await client.sorted(`data branch diff kept.t{snapshot = 'two'} against kept.t{snapshot = 'one'}`);
      expect(changes.map((row) => row.slice(row.indexOf('|') + 1))).toEqual(['DELETE|2|b', 'UPDATE|1|c']);
      await client.run('drop snapshot one', 'drop snapshot two', 'drop database kept');
      expect(await client.number('select count(*) from mo_catalog.mo_snapshots')).toBe(0);
    });
  },
);

it.runIf(isEmulated)('a table may be altered while a snapshot is taken', async () => {
  await on((client) => client.run('create database busy', 'create table busy.t (id int primary key, c0 int)'));
  let altered = 0;
  let over = false;
  const altering = on(async (client) => {
    for (; !over; altered += 1) {
      await client.run(
        `alter table busy.t add column d${altered} int, drop column ${altered === 0 ? 'c0' : `d${altered - 1}`}`,
      );
      await client.run(`replace into busy.t (id) values (${altered % 7})`);
      await delay(10 * (altered % 9));
    }
  });
  await on(async (client) => {
    for (let i = 0; i < 30 || altered < 20; i += 1)
      await client.run(`create snapshot busy${i} for database busy`, `drop snapshot busy${i}`);
  }).finally(() => {
    over = true;
  });
  await altering;
  expect(altered).toBeGreaterThan(19);
});
