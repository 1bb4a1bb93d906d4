import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMariaDb, type MariaDbServer } from '../../../localstack/mariadb.ts';
import { declaredSchema } from '../../support/declared/declared-table.ts';
import { DatabaseSink } from '../../../lib/mysql/database-sink.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import type { Row } from '../../../lib/replication/change.ts';
import type { SinkTable } from '../../../lib/replication/sink.ts';
import { parseDatabaseUri } from '../../../lib/task/database-uri.ts';
import { hostileValues } from '../../support/hostile.ts';
import { SqlClient } from '../../support/sql-client.ts';

/** What an administrator may have set for everybody, each of which changes what bytes mean, or what is answered. */
const GLOBALS: readonly (readonly [name: string, value: string])[] = [
  ['sql_mode', 'NO_BACKSLASH_ESCAPES'],
  ['sql_mode', 'ANSI,NO_BACKSLASH_ESCAPES'],
  ['sql_mode', 'ANSI_QUOTES,PIPES_AS_CONCAT,IGNORE_SPACE,PAD_CHAR_TO_FULL_LENGTH'],
  ['sql_mode', ''],
  ['time_zone', '+09:00'],
  ['autocommit', '0'],
  ['sql_select_limit', '1'],
  ['sql_safe_updates', '1'],
  ['sql_auto_is_null', '1'],
  ['unique_checks', '0'],
  ['tx_isolation', 'READ-UNCOMMITTED'],
  ['completion_type', 'CHAIN'],
  ['max_join_size', '1'],
  ['default_storage_engine', 'MyISAM'],
  ['init_connect', 'SET NAMES gbk'],
  ['init_connect', 'SET NAMES latin1'],
  ['init_connect', 'SET character_set_results = gbk'],
  ['init_connect', "SET sql_mode = 'NO_BACKSLASH_ESCAPES', time_zone = '-11:00', autocommit = 0"],
  ['init_connect', 'SET max_error_count = 0, sql_select_limit = 1'],
];
const SERVERS: readonly (readonly [string, readonly string[]])[] = [
  ['of utf8mb4', []],
  [
    'of gbk that does not listen to its clients',
    ['--character-set-server=gbk', '--collation-server=gbk_chinese_ci', '--skip-character-set-client-handshake'],
  ],
];
/** Where a connection takes these for gbk, the backslash that hides the quote is the second half of a character. */
const ATTACKS = [
  "\u4e2d'),(99,(select x from canary.secret limit 1),null) -- ",
  "\\'; drop table canary.secret -- ",
  "é'\\",
  '🐤',
];

const TIME = '2024-03-01 12:00:00';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'mo-cdc-hostile-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe.each(SERVERS)('a MariaDB server %s, with any settings for everybody,', (name, args) => {
  let server: MariaDbServer;
  let client: SqlClient;
  let tables = 0;
  beforeAll(async () => {
    server = await startMariaDb({ dir: path.join(dir, name.replaceAll(' ', '-')), args });
    client = new SqlClient(`mysql://root:111@127.0.0.1:${server.port}`);
    await client.run(
      // Not one of those whom init_connect passes over.
      "create user app@'%' identified by 'pw'",
      "grant all on data.* to app@'%'",
      "grant all on books.* to app@'%'",
      "grant all on canary.* to app@'%'",
      'create database data character set utf8mb4',
      'create database canary',
      "create table canary.secret as select 'hunter2' as x",
      "set names utf8mb4, sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00', autocommit = 1",
    );
  });
  afterAll(async () => {
    client.close();
    await server.stop();
  });

  const nextTable = (): SinkTable => {
    const at = { database: 'data', table: `t${(tables += 1)}` };
    const columns = '`k` varchar(190) NOT NULL,\n  `v` text,\n  `at` timestamp NULL,\n  PRIMARY KEY (`k`)';
    return { name: at, schema: declaredSchema(at, '1', `CREATE TABLE \`t\` (\n  ${columns}\n)`) };
  };
  const open = (): DatabaseSink =>
    new DatabaseSink({
      address: parseDatabaseUri(`mysql://app:pw@127.0.0.1:${server.port}?tls=disabled`),
      dialect: mysqlDialect,
      taskId: randomBytes(6).toString('hex'),
      database: 'books',
      signal: new AbortController().signal,
    });
  const contents = (table: SinkTable): Promise<string[]> =>
    client.sorted(`select hex(k), hex(v), \`at\` from data.${table.name.table}`);
  /** Rows of these values through every way into a table, and what has become of them. */
  const passThrough = async (texts: readonly string[]): Promise<void> => {
    const rows = texts.map((text, i): Row => [Buffer.from(`${i}${text}`), Buffer.from(text), Buffer.from(TIME)]);
    const wanted = rows.map(([k, v]) => `${hex(k)}|${hex(v)}|${TIME}`).sort();
    const sink = open();
    try {
      const [changed, loaded] = [nextTable(), nextTable()];
      await sink.takeOver(1);
      for (const table of [changed, loaded]) await sink.createTable(table);
      const batch = sink.beginBatch('replace');
      await batch.add(
        changed,
        rows.map((row) => ({ deleted: false, row })),
      );
      await batch.commit({ window: 1, batch: 0, checkpoint: '1' });
      await sink.planLoad(loaded, 1, [{ lower: undefined, upper: undefined }], 'refuse');
      const [chunk] = (await sink.chunks(loaded, 1)) ?? [];
      if (chunk === undefined) expect.fail('no chunk');
      await sink.loadChunk(loaded, 1, chunk, only(rows));
      for (const table of [changed, loaded]) {
        expect(await contents(table)).toEqual(wanted);
        expect(await readBack(sink, table)).toEqual(wanted);
      }
      const gone = sink.beginBatch('replace');
      await gone.add(
        changed,
        rows.map((row) => ({ deleted: true, row })),
      );
      await gone.commit({ window: 2, batch: 0, checkpoint: '2' });
      expect(await contents(changed)).toEqual([]);
      expect(await client.sorted('select x from canary.secret')).toEqual(['hunter2']);
    } finally {
      await sink.close();
    }
  };

  test('takes every value as it is, and runs nothing of it', async () => {
    const settings = fc.uniqueArray(fc.constantFrom(...GLOBALS), { maxLength: 4, selector: ([variable]) => variable });
    const seeds = fc.integer({ min: 0, max: 1_000_000 });
    await fc.assert(
      fc.asyncProperty(settings, seeds, async (chosen, seed) => {
        for (const [variable, value] of chosen) await client.run(`set global ${variable} = ${literal(value)}`);
        try {
          await passThrough([...ATTACKS, ...hostileValues(8, seed)]);
        } finally {
          for (const [variable] of chosen) await client.run(`set global ${variable} = ${USUAL[variable] ?? 'default'}`);
        }
      }),
      { numRuns: 40, examples: GLOBALS.map((one) => [[one], 1]) },
    );
  });
});

/** `default` is what the server was compiled with. */
const USUAL: Readonly<Record<string, string>> = { time_zone: "'SYSTEM'" };

const literal = (value: string): string => (/^\d+$/u.test(value) ? value : `"${value}"`);
const hex = (value: Buffer | null | undefined): string => (value ?? Buffer.alloc(0)).toString('hex').toUpperCase();

async function* only(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  yield await Promise.resolve(rows);
}

async function readBack(sink: DatabaseSink, table: SinkTable): Promise<string[]> {
  const found: string[] = [];
  for await (const block of sink.readRange(table, { lower: undefined, upper: undefined })) {
    for (const [k, v, at] of block) found.push(`${hex(k)}|${hex(v)}|${(at ?? '').toString()}`);
  }
  return found.sort();
}
