import path from 'node:path';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMariaDb } from '../../../localstack/mariadb.ts';
import { matrixoneDialect } from '../../../lib/matrixone/sink/matrixone-dialect.ts';
import { MatrixoneSource } from '../../../lib/matrixone/source/matrixone-source.ts';
import { DatabaseSink } from '../../../lib/sink/database-sink.ts';
import type { Row, TableSchema } from '../../../lib/data/change.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { position } from '../../../lib/data/position.ts';
import { createAccount } from '../../support/account.ts';
import { startEmulator } from '../../support/emulator/emulator.ts';
import { hostileValues, sqlText } from '../../support/hostile.ts';
import { SqlClient } from '../../support/sql-client.ts';
import { allRanges } from '../../support/all-ranges.ts';

const REAL = process.env['MATRIXONE_SOURCE'];

/** What an account's administrator may have set for everybody, of what MatrixOne 4.2.0 heeds. */
const GLOBALS: readonly (readonly [name: string, value: string])[] = [
  ['sql_mode', "'NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES'"],
  ['sql_mode', "'ANSI_QUOTES,PIPES_AS_CONCAT'"],
  ['sql_mode', "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'"],
  ['sql_mode', "''"],
  ['time_zone', "'+09:00'"],
  ['autocommit', '0'],
  ...(REAL === undefined ? [] : [['enable_remap_hint', '1'] as const]),
];
const USUAL: Readonly<Record<string, string>> = {
  sql_mode: "'STRICT_TRANS_TABLES'",
  time_zone: "'SYSTEM'",
  autocommit: '1',
  enable_remap_hint: '0',
};
const ATTACKS = ["\\'; drop database payroll2; commit; -- ", "' or 1=1 -- ", '\\', "\\'", '"', '🐤'];
const SIZE = { rows: 3, bytes: 1e6 };
const TIME = '2024-03-01 12:00:00';
const TABLE = { database: 'h', table: 't' };
const SINK_TABLE = { database: 'h', table: 'copy' };

const undo = new AsyncDisposableStack();
let uri: string;
let client: SqlClient;
let runs = 0;
beforeAll(async () => {
  uri = REAL === undefined ? await emulator() : await accountOf(REAL);
  client = new SqlClient(uri);
  undo.defer(() => {
    client.close();
  });
  await client.run("set sql_mode = 'STRICT_TRANS_TABLES', time_zone = '+00:00', autocommit = 1");
  await client.run('create database h', 'create database payroll2');
});
afterAll(() => undo.disposeAsync());

async function emulator(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'mo-cdc-hostile-'));
  undo.defer(() => rm(dir, { recursive: true, force: true }));
  const server = await startMariaDb({ dir });
  undo.defer(() => server.stop());
  const mariadb = { host: '127.0.0.1', port: server.port, user: 'root', password: server.rootPassword };
  const started = await startEmulator({ mariadb });
  undo.defer(() => started.stop());
  return `mysql://root:111@127.0.0.1:${started.port}`;
}

/** An account's settings are for its own users. */
async function accountOf(server: string): Promise<string> {
  const account = await createAccount(server);
  undo.defer(() => account.close());
  return account.uri;
}

async function withGlobals(chosen: typeof GLOBALS, work: () => Promise<void>): Promise<void> {
  for (const [name, value] of chosen) await client.run(`set global ${name} = ${value}`);
  try {
    await work();
  } finally {
    for (const [name] of chosen) await client.run(`set global ${name} = ${USUAL[name] ?? ''}`);
  }
}

/** Read by ranges and by keys. */
async function readAll(): Promise<{ schema: TableSchema; rows: Row[] }> {
  const source = new MatrixoneSource(parseDatabaseUri(uri), new AbortController().signal);
  const pin = await source.createPin(`mo_cdc_hostile_${runs}`, [TABLE]);
  try {
    const schema = await source.describe(TABLE, pin);
    const rows: Row[] = [];
    for (const range of await allRanges(source, schema, pin, SIZE)) {
      for await (const some of source.readRange(schema, pin, range)) rows.push(...some);
    }
    expect(await source.present(schema, pin, rows)).toHaveLength(rows.length);
    return { schema, rows };
  } finally {
    await source.dropPin(pin.name);
    await source.close();
  }
}

async function writeAll(schema: TableSchema, rows: readonly Row[]): Promise<void> {
  const table = { name: SINK_TABLE, schema };
  const sink = new DatabaseSink({
    ...{ address: parseDatabaseUri(uri), dialect: matrixoneDialect },
    ...{ taskId: `hostile-${runs}`, database: 'h_books', signal: new AbortController().signal },
  });
  try {
    await sink.takeOver(1);
    await sink.createTable(table);
    const batch = sink.beginBatch('replace');
    const changes = rows.map((row) => ({ deleted: false, row }));
    await batch.add(table, changes);
    await batch.commit({ window: 1, batch: 0, point: { checkpoint: { name: '', ts: position('1') }, saves: 0 } });
  } finally {
    await sink.close();
  }
}

test('MatrixOne with any settings for everybody is read and written by keys of any text, and runs nothing of it', async () => {
  const settings = fc.uniqueArray(fc.constantFrom(...GLOBALS), { maxLength: 3, selector: ([name]) => name });
  await fc.assert(
    fc.asyncProperty(settings, fc.integer({ min: 0, max: 1_000_000 }), async (chosen, seed) => {
      runs += 1;
      const keys = [...new Set([...ATTACKS, ...hostileValues(12, seed)])];
      const values = keys.map((key) => `(${sqlText(key)}, '${TIME}')`).join(', ');
      await client.run('drop table if exists h.t', 'drop table if exists h.copy');
      await client.run('create table h.t (k varchar(190) primary key, at timestamp null)');
      await client.run(`insert into h.t values ${values}`);
      const wanted = keys.map((key) => `${key}|${TIME}`).sort();
      await withGlobals(chosen, async () => {
        const { schema, rows } = await readAll();
        expect(rows.map((row) => row.map(String).join('|')).sort()).toEqual(wanted);
        await writeAll(schema, rows);
      });
      const copied = await client.query('select k, at from h.copy');
      expect(copied.map((row) => row.map(String).join('|')).sort()).toEqual(wanted);
      expect(await client.query("show databases like 'payroll2'")).toHaveLength(1);
    }),
    { numRuns: 25, examples: GLOBALS.map((one) => [[one], 1]) },
  );
});
