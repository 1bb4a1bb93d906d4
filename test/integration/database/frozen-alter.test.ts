import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaredSchema } from '../../support/declared/declared-table.ts';
import { DatabaseSink } from '../../../lib/sink/database-sink.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { put, step } from '../../contracts/sink-world.ts';
import { uriThrough } from '../../support/driver-options.ts';
import { LossyProxy } from '../../support/lossy-proxy.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

let servers: TestServers;
let client: SqlClient;
let proxy: LossyProxy;
const database = `cdc_frz_${randomBytes(4).toString('hex')}`;

beforeAll(async () => {
  servers = await testServers();
  client = new SqlClient(servers.mysqlSinkUri);
  const { host, port } = parseDatabaseUri(servers.mysqlSinkUri);
  proxy = await LossyProxy.start(host, port);
});
afterAll(async () => {
  await client.run(`drop database if exists ${database}`, `drop database if exists ${database}_books`);
  client.close();
  proxy.stop();
  await servers.stop();
});

const schema = (name: string, columns: string) =>
  declaredSchema({ database, table: name }, '1', `CREATE TABLE \`${name}\` (\n  ${columns}\n)`);

/** The same task's sink twice: through the proxy, and past it. */
function openBoth(): readonly [DatabaseSink, DatabaseSink] {
  const direct = parseDatabaseUri(servers.mysqlSinkUri);
  const through = parseDatabaseUri(uriThrough(servers.mysqlSinkUri, proxy));
  const options = { dialect: mysqlDialect, taskId: randomUUID(), database: `${database}_books` };
  const { signal } = new AbortController();
  return [
    new DatabaseSink({ ...options, address: through, signal }),
    new DatabaseSink({ ...options, address: direct, signal }),
  ];
}

/** MySQL commits before DDL: what comes after the first ALTER TABLE is in no transaction that the fence row is locked in. */
describe('a worker frozen after a statement that alters a table', () => {
  it.each([
    ['a_key', '`id` int DEFAULT NULL,\n  `v` varchar(20) NOT NULL,\n  PRIMARY KEY (`v`)', ['8', 'eight']],
    ['a_type', '`id` int NOT NULL,\n  `v` datetime DEFAULT NULL,\n  PRIMARY KEY (`id`)', ['8', '2026-01-02 03:04:05']],
  ])('does nothing to it once another one has taken over: %s', async (name, columns, values) => {
    const [frozen, next] = openBoth();
    const before = schema(name, '`id` int NOT NULL,\n  `v` varchar(20) DEFAULT NULL,\n  PRIMARY KEY (`id`)');
    const t = { name: before.table, schema: before };
    await frozen.takeOver(1);
    await frozen.createTable(t);
    const batch = frozen.beginBatch('replace');
    await batch.add(t, [put(1, 'same'), put(2, 'same')]);
    await batch.commit(step(1, 0));

    const altered = { name: t.name, schema: schema(name, columns) };
    const { promise: thaw, resolve } = Promise.withResolvers<undefined>();
    const stuck = Promise.withResolvers<string>();
    let alters = 0;
    proxy.hold = (sql) => {
      if (sql.startsWith('alter table')) alters += 1;
      else if (alters === 1 && /^(?:begin|delete|update)/u.test(sql)) {
        stuck.resolve(sql);
        return thaw;
      }
      return undefined;
    };
    const zombie = frozen.alterTable(altered, before, 'all').then(
      () => 'altered',
      (error: unknown) => (error as { code?: string }).code,
    );
    await Promise.race([stuck.promise, zombie]);

    await next.takeOver(2);
    await next.alterTable(altered, before, 'all');
    const rows = next.beginBatch('replace');
    await rows.add(altered, [put(...values)]);
    await rows.commit(step(2, 0));
    const now = (): Promise<string[]> => client.sorted(`select * from ${database}.${name}`);
    const wanted = await now();
    expect(wanted).toContain(values.join('|'));
    resolve(undefined);
    expect(await zombie).toBe('FENCED');
    expect(await now()).toEqual(wanted);
    await Promise.all([frozen.close(), next.close()]);
  });
});

describe('a worker frozen before it creates a table', () => {
  it.each(['begin', 'create table'])(
    'creates none that another one has dropped meanwhile, frozen at %s',
    async (at) => {
      const [frozen, next] = openBoth();
      const made = schema('made', '`id` int NOT NULL,\n  PRIMARY KEY (`id`)');
      const t = { name: made.table, schema: made };
      await frozen.takeOver(1);
      const { promise: thaw, resolve } = Promise.withResolvers<undefined>();
      const stuck = Promise.withResolvers<undefined>();
      proxy.hold = (sql) => {
        if (!sql.startsWith(at)) return undefined;
        stuck.resolve(undefined);
        return thaw;
      };
      const zombie = frozen.createTable(t).then(
        () => 'created',
        (error: unknown) => (error as { code?: string }).code,
      );
      await Promise.race([stuck.promise, zombie]);
      // Where the fence is locked, the next one waits.
      const following = next.takeOver(2).then(async () => {
        await next.createTable(t);
        await next.dropTable(t.name);
      });
      if (at === 'begin') await following;
      resolve(undefined);
      // By the time it looks at what it has made, the next one may have dropped it.
      expect(at === 'begin' ? ['FENCED'] : ['created', 'SINK_TABLE_MISSING']).toContain(await zombie);
      await following;
      expect(await client.sorted(`show tables in ${database} like 'made'`)).toEqual([]);
      await Promise.all([frozen.close(), next.close()]);
    },
  );
});
