import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMariaDb, type MariaDbServer } from '../../../localstack/mariadb.ts';
import { MatrixoneSource } from '../../../lib/matrixone/matrixone-source.ts';
import type { Row } from '../../../lib/replication/change.ts';
import { parseDatabaseUri } from '../../../lib/task/database-uri.ts';
import { type Emulator, startEmulator } from '../../support/emulator/emulator.ts';
import { hostileValues, sqlText } from '../../support/hostile.ts';
import { SqlClient } from '../../support/sql-client.ts';

/** What the account's administrator may have set for everybody, of what MatrixOne 4.2.0 heeds. */
const GLOBALS: readonly (readonly [name: string, value: string])[] = [
  ['sql_mode', 'NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES'],
  ['sql_mode', 'ANSI_QUOTES,PIPES_AS_CONCAT'],
  ['sql_mode', 'ANSI,NO_BACKSLASH_ESCAPES'],
  ['sql_mode', ''],
  ['time_zone', '+09:00'],
  ['autocommit', '0'],
];
const ATTACKS = ["\\'; drop database payroll2; commit; -- ", "' or 1=1 -- ", '\\', "\\'", '"', '🐤'];
const EVERYTHING = { rows: 3, bytes: 1e6 };
const TIME = '2024-03-01 12:00:00';

let dir: string;
let server: MariaDbServer;
let emulator: Emulator;
let client: SqlClient;
let pins = 0;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'mo-cdc-hostile-'));
  server = await startMariaDb({ dir });
  const mariadb = { host: '127.0.0.1', port: server.port, user: 'root', password: server.rootPassword };
  emulator = await startEmulator({ mariadb });
  client = new SqlClient(`mysql://root:111@127.0.0.1:${emulator.port}`);
  await client.run("set sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00', autocommit = 1", 'create database h');
});
afterAll(async () => {
  client.close();
  await emulator.stop();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

async function withGlobals(chosen: typeof GLOBALS, work: () => Promise<void>): Promise<void> {
  const before = await client.query('select @@global.sql_mode, @@global.time_zone, @@global.autocommit');
  const [mode, zone, commit] = (before[0] ?? []).map(String);
  for (const [name, value] of chosen)
    await client.run(`set global ${name} = ${/^\d$/u.test(value) ? value : `'${value}'`}`);
  try {
    await work();
  } finally {
    await client.run(
      `set global sql_mode = '${mode ?? ''}', global time_zone = '${zone ?? ''}', global autocommit = ${commit ?? '1'}`,
    );
  }
}

test('a source with any settings for everybody is read by keys of any text, whatever they would run', async () => {
  const table = { database: 'h', table: 't' };
  const settings = fc.uniqueArray(fc.constantFrom(...GLOBALS), { maxLength: 3, selector: ([name]) => name });
  await fc.assert(
    fc.asyncProperty(settings, fc.integer({ min: 0, max: 1_000_000 }), async (chosen, seed) => {
      const keys = [...new Set([...ATTACKS, ...hostileValues(12, seed)])];
      const values = keys.map((key) => `(${sqlText(key)}, '${TIME}')`).join(', ');
      await client.run('drop table if exists h.t', 'create table h.t (k varchar(190) primary key, at timestamp null)');
      await client.run(`insert into h.t values ${values}`);
      await withGlobals(chosen, async () => {
        const address = parseDatabaseUri(`mysql://root:111@127.0.0.1:${emulator.port}`);
        const source = new MatrixoneSource(address, new AbortController().signal);
        const pin = await source.createPin(`mo_cdc_hostile_${(pins += 1)}`, [table]);
        const schema = await source.describe(table, pin);
        const found: Row[] = [];
        for (const range of await source.planRanges(schema, pin, EVERYTHING)) {
          for await (const rows of source.readRange(schema, pin, range)) found.push(...rows);
        }
        const wanted = keys.map((key) => `${key}|${TIME}`).sort();
        expect(found.map((row) => row.map(String).join('|')).sort()).toEqual(wanted);
        const present = await source.present(schema, pin, found);
        expect(present).toHaveLength(keys.length);
        await source.dropPin(pin.name);
        await source.close();
      });
    }),
    { numRuns: 25, examples: GLOBALS.map((one) => [[one], 1]) },
  );
});
