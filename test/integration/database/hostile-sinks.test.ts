import path from 'node:path';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMariaDb } from '../../../localstack/mariadb.ts';
import { declaredSchema } from '../../support/declared/declared-table.ts';
import { DatabaseSink } from '../../../lib/sink/database-sink.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import type { Row } from '../../../lib/data/change.ts';
import type { SinkTable } from '../../../lib/replication/endpoints/sink-tables.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { position } from '../../../lib/data/position.ts';
import { hostileValues } from '../../support/hostile.ts';
import { sinkServer, type SinkServer } from '../../support/sink-server.ts';
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
  ['completion_type', 'CHAIN'],
  ['max_join_size', '1'],
  ['default_storage_engine', 'MyISAM'],
  ['default_tmp_storage_engine', 'MEMORY'],
  ['init_connect', 'SET NAMES gbk'],
  ['init_connect', 'SET NAMES latin1'],
  ['init_connect', 'SET character_set_results = gbk'],
  ['init_connect', "SET sql_mode = 'NO_BACKSLASH_ESCAPES', time_zone = '-11:00', autocommit = 0"],
  ['init_connect', 'SET sql_select_limit = 1'],
];
const ONLY: Readonly<Record<SinkServer, typeof GLOBALS>> = {
  MariaDB: [
    ['tx_isolation', 'READ-UNCOMMITTED'],
    ['innodb_force_primary_key', '1'],
    // In MySQL it takes a right, without which such a connection ends at once.
    ['init_connect', 'SET max_error_count = 0, sql_select_limit = 1'],
  ],
  MySQL: [
    ['transaction_isolation', 'READ-UNCOMMITTED'],
    ['default_collation_for_utf8mb4', 'utf8mb4_general_ci'],
    ['explicit_defaults_for_timestamp', '0'],
    ['sql_require_primary_key', '1'],
    ['sql_generate_invisible_primary_key', '1'],
    ['session_track_gtids', 'OWN_GTID'],
    ['session_track_system_variables', '*'],
    ['session_track_state_change', '1'],
    ['local_infile', '1'],
  ],
};

interface Target {
  readonly kind: SinkServer;
  readonly uri: string;
  stop(): Promise<void>;
}

let dir: string;
const mariaDb = (...args: string[]) =>
  async function start(): Promise<Target> {
    const server = await startMariaDb({ dir: path.join(dir, `server${args.length}`), args });
    const uri = `mysql://root:111@127.0.0.1:${server.port}?tls=disabled`;
    return { kind: 'MariaDB', uri, stop: () => server.stop() };
  };
const named = (uri: string) =>
  async function find(): Promise<Target> {
    return { kind: await sinkServer(uri), uri, stop: () => Promise.resolve() };
  };

const NAMED = process.env['MYSQL_SINK'];
/** A server that does not listen to its clients has to be started so. */
const TARGETS: readonly (readonly [string, () => Promise<Target>])[] = [
  ['a MariaDB of utf8mb4', mariaDb()],
  [
    'a MariaDB of gbk that does not listen to its clients',
    mariaDb('--character-set-server=gbk', '--collation-server=gbk_chinese_ci', '--skip-character-set-client-handshake'),
  ],
  ...(NAMED === undefined ? [] : [['the server of MYSQL_SINK', named(NAMED)] as const]),
];
/** Where a connection takes these for gbk, the backslash that hides the quote is the second half of a character. */
const attacks = (secret: string): string[] => [
  `\u4e2d'),(99,(select x from ${secret} limit 1),null) -- `,
  `\\'; drop table ${secret} -- `,
  "é'\\",
  '🐤',
];

const TIME = '2024-03-01 12:00:00';
const MANY = 2_001;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'mo-cdc-hostile-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe.each(TARGETS)('%s, with any settings for everybody,', (_, start) => {
  const own = `hostile_${randomBytes(4).toString('hex')}`;
  const [data, books, canary, user] = [`${own}_data`, `${own}_books`, `${own}_canary`, own];
  const secret = `${canary}.secret`;
  let target: Target;
  let client: SqlClient;
  let tables = 0;
  /** What the administrator of a server that is not ours wants to have back. */
  const before = new Map<string, string | undefined>();
  beforeAll(async () => {
    target = await start();
    client = new SqlClient(target.uri);
    await client.run(
      // Not one of those whom init_connect passes over.
      `create user ${user}@'%' identified by 'pw'`,
      ...[data, books, canary].map((database) => `grant all on ${database}.* to ${user}@'%'`),
      `create database ${data} character set utf8mb4`,
      `create database ${canary}`,
      `create table ${secret} (x varchar(20) primary key)`,
      `insert into ${secret} values ('hunter2')`,
      "set names utf8mb4, sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00', autocommit = 1",
    );
    for (const [variable] of [...GLOBALS, ...ONLY[target.kind]]) {
      const [row] = await client.query(`select @@global.${variable}`);
      before.set(variable, row?.[0]?.toString());
    }
  });
  afterAll(async () => {
    for (const database of [data, books, canary]) await client.run(`drop database if exists ${database}`);
    await client.run(`drop user if exists ${user}@'%'`);
    client.close();
    await target.stop();
  });

  const nextTable = (): SinkTable => {
    const at = { database: data, table: `t${(tables += 1)}` };
    const columns = '`k` varchar(190) NOT NULL,\n  `v` text,\n  `at` timestamp NULL,\n  PRIMARY KEY (`k`)';
    return { name: at, schema: declaredSchema(at, '1', `CREATE TABLE \`t\` (\n  ${columns}\n)`) };
  };
  const open = (): DatabaseSink =>
    new DatabaseSink({
      address: { ...parseDatabaseUri(target.uri), user, password: 'pw' },
      dialect: mysqlDialect,
      taskId: randomBytes(6).toString('hex'),
      database: books,
      signal: new AbortController().signal,
    });
  const contents = (table: SinkTable): Promise<string[]> =>
    client.sorted(`select hex(k), hex(v), \`at\` from ${data}.${table.name.table}`);
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
      // Rows that are not there: with so many, the others go by a staging table.
      await batch.add(
        changed,
        Array.from({ length: MANY }, (_, i) => ({ deleted: true, row: [Buffer.from(`gone ${i}`), null, null] })),
      );
      await batch.add(
        changed,
        rows.map((row) => ({ deleted: false, row })),
      );
      await batch.commit({ window: 1, batch: 0, point: { checkpoint: { name: '', ts: position('1') }, saves: 0 } });
      await sink.planLoad(loaded, 1, { ranges: [{ lower: undefined, upper: undefined }] }, 'refuse');
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
      await gone.commit({ window: 2, batch: 0, point: { checkpoint: { name: '', ts: position('2') }, saves: 0 } });
      expect(await contents(changed)).toEqual([]);
      expect(await client.sorted(`select x from ${secret}`)).toEqual(['hunter2']);
    } finally {
      await sink.close();
    }
  };

  const set = (variable: string, value: string | undefined): Promise<void> =>
    client.run(`set global ${variable} = ${value === undefined ? 'null' : literal(value)}`);

  test('takes every value as it is, and runs nothing of it', async () => {
    const all = [...GLOBALS, ...ONLY[target.kind]];
    const settings = fc.uniqueArray(fc.constantFrom(...all), { maxLength: 4, selector: ([variable]) => variable });
    const seeds = fc.integer({ min: 0, max: 1_000_000 });
    await fc.assert(
      fc.asyncProperty(settings, seeds, async (chosen, seed) => {
        for (const [variable, value] of chosen) await set(variable, value);
        try {
          await passThrough([...attacks(secret), ...hostileValues(8, seed)]);
        } finally {
          for (const [variable] of chosen) await set(variable, before.get(variable));
        }
      }),
      { numRuns: 40, examples: all.map((one) => [[one], 1]) },
    );
  });
});

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
