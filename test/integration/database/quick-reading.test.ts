import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { estimateChanges } from '../../../lib/matrixone/source/changes/change-sample.ts';
import { classifyMatrixone } from '../../../lib/matrixone/server/error-class.ts';
import { DigestReader } from '../../../lib/matrixone/source/changes/digest-reader.ts';
import { MATRIXONE_SETTINGS } from '../../../lib/matrixone/server/settings.ts';
import { MatrixoneSource } from '../../../lib/matrixone/source/matrixone-source.ts';
import { sourceErrors } from '../../../lib/wire/end-errors.ts';
import { ConnectionPool } from '../../../lib/wire/connection-pool.ts';
import { SessionSettings } from '../../../lib/wire/session-settings.ts';
import type { Connection } from '../../../lib/wire/connection.ts';
import { keyIndexes, type TableSchema } from '../../../lib/data/change.ts';
import type { Pin, Window } from '../../../lib/data/position.ts';
import type { Changes } from '../../../lib/data/row-block.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { seededRandom } from '../../support/random-writer.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';
import { allRanges } from '../../support/all-ranges.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));
const db = `cdc_quick_${randomBytes(4).toString('hex')}`;
const REAL = process.env['MATRIXONE_SOURCE'] !== undefined;
const ROWS = 300;
const ROUNDS = 3;

let servers: TestServers;
let client: SqlClient;
let source: MatrixoneSource;
let pool: ConnectionPool;
let pins = 0;

const pin = (table: string): Promise<Pin> => source.createPin(`mo_${db}_${(pins += 1)}`, [{ database: db, table }]);

/** Each change as text, of a deletion the key alone; sorted. */
async function collect(schema: TableSchema, changes: AsyncIterable<Changes>): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of changes) {
    for (const { deleted, row } of batch) {
      const values = deleted ? keyIndexes(schema).map((i) => row[i]) : row;
      found.push((deleted ? '-' : '+') + values.map((value) => value?.toString('latin1') ?? 'NULL').join('|'));
    }
  }
  return found.toSorted();
}

/** By digests, with so many keys in memory at once. */
const byDigests = (schema: TableSchema, window: Window, mostKeys?: number): Promise<string[]> =>
  collect(
    schema,
    new DigestReader({ planRanges: (...of) => allRanges(source, ...of), streaming }, mostKeys).read(schema, window),
  );

async function* streaming<T>(_pins: readonly Pin[], open: (session: Connection) => AsyncGenerator<T, void, undefined>) {
  const session = await pool.acquire();
  yield* open(session);
  pool.release(session);
}

beforeAll(async () => {
  servers = await testServers();
  client = new SqlClient(servers.sourceUri);
  await client.run(`create database ${db}`, `use ${db}`);
  const address = parseDatabaseUri(servers.sourceUri);
  const { signal } = new AbortController();
  source = new MatrixoneSource(address, signal);
  const toError = sourceErrors(classifyMatrixone);
  pool = new ConnectionPool({ address, settings: new SessionSettings(MATRIXONE_SETTINGS, toError), toError }, signal);
});
afterAll(async () => {
  for (const { name } of await source.pins(`mo_${db}_`)) await source.dropPin(name);
  await Promise.all([source.close(), pool.close()]);
  await client.run(`drop database ${db}`);
  client.close();
  await servers.stop();
});

interface Key {
  readonly columns: string;
  readonly names: string;
  readonly of: (i: number) => string;
}

const KEYS: readonly (readonly [string, Key])[] = [
  ['a number', { columns: 'k int', names: 'k', of: (i) => String(i) }],
  ['a text', { columns: 'k varchar(300)', names: 'k', of: (i) => `'${'k'.repeat(i % 280)}Ä${i}'` }],
  ['two columns', { columns: 'b2 varchar(9), a1 bigint', names: 'a1, b2', of: (i) => `${i - 100}, 'x${i % 7}'` }],
  // A text in the emulator, which cannot be a key.
  ['a uuid', { columns: 'k uuid', names: 'k', of: (i) => `'00000000-0000-4000-8000-${String(i).padStart(12, '0')}'` }],
];
const OTHERS = `e enum('A','b c'), n decimal(12,3), t varchar(20), g int generated always as (length(t)) stored, b blob`;
const VALUES = [
  `'A', 1.5, 'one', null`,
  `'b c', -0.001, '', 'x\\\\y'`,
  `null, null, null, '\\0\\n'`,
  `'A', 1.5, 'One', ''`,
];

describe('changes read by digests', () => {
  it.each(KEYS.filter(([name]) => REAL || name !== 'a uuid'))(
    'are those of the diff, of a table whose key is %s',
    async (_, key) => {
      const random = seededRandom(SEED);
      const pick = (count: number): number => Math.floor(random() * count);
      const table = `t${pins}`;
      const first = pick(50);
      const row = (i: number): string => `(${key.of(i)}, ${VALUES[pick(VALUES.length)] ?? ''})`;
      const put = (rows: readonly number[]): Promise<unknown> =>
        client.run(`replace into ${table} (${key.names}, e, n, t, b) values ${rows.map(row).join(', ')}`);
      await client.run(`create table ${table} (${key.columns}, ${OTHERS}, primary key (${key.names}))`);
      await put(Array.from({ length: ROWS }, (_, i) => first + i));
      for (let round = 0, after = await pin(table); round < ROUNDS; round += 1) {
        await put(
          Array.from({ length: 1 + pick(ROWS) }, () => pick(2 * ROWS)).filter((n, i, all) => all.indexOf(n) === i),
        );
        await client.run(
          `delete from ${table} where coalesce(t, '') = '${['one', '', 'One'][round] ?? ''}' limit ${20 + pick(60)}`,
        );
        const until = await pin(table);
        const schema = await source.describe({ database: db, table }, until);
        const wanted = await collect(schema, source.readChanges(schema, { after, until }));
        expect(wanted.length, `SEED=${SEED}`).toBeGreaterThan(0);
        expect(await byDigests(schema, { after, until }), `SEED=${SEED}`).toEqual(wanted);
        expect(await byDigests(schema, { after, until }, 20), `in ranges, SEED=${SEED}`).toEqual(wanted);
        expect(await byDigests(schema, { after: until, until })).toEqual([]);
        after = until;
      }
    },
  );

  it('are there when a table was empty before, or is now', async () => {
    await client.run('create table e (id int primary key, v longtext)');
    const empty = await pin('e');
    await client.run(`insert into e values (1, 'one'), (2, null)`);
    const full = await pin('e');
    const schema = await source.describe({ database: db, table: 'e' }, full);
    expect(await byDigests(schema, { after: empty, until: full })).toEqual(['+1|one', '+2|NULL']);
    expect(await byDigests(schema, { after: full, until: empty })).toEqual(['-1', '-2']);
  });

  it('come quickly, and are the same, where a large part of a table has changed', async () => {
    // Of fewer rows digests are never the quicker way; the emulator takes its time with so many.
    const rows = REAL ? 120_000 : 3_000;
    await client.run('create table l (id int primary key, v int)');
    const numbers = Array.from({ length: rows }, (_, i) => `(${i}, 0)`);
    await client.run(`insert into l values ${numbers.join(', ')}`);
    const after = await pin('l');
    await client.run(
      'update l set v = 1 where id % 3 = 0',
      'delete from l where id % 30 = 1',
      'insert into l values (-1, 1)',
    );
    const until = await pin('l');
    const schema = await source.describe({ database: db, table: 'l' }, until);
    const estimate = await estimateChanges((_pins, work) => pool.use(work), schema, { after, until });
    expect(Math.abs(estimate.rows - rows)).toBeLessThan(rows / 10);
    expect(Math.abs(estimate.changed - (rows / 3 + rows / 30))).toBeLessThan(rows / 10);
    const wanted = await collect(schema, source.readChanges(schema, { after, until }));
    expect(wanted).toHaveLength(rows / 3 + rows / 30 + 1);
    expect(await collect(schema, source.readChanges(schema, { after, until }, { reading: 'quick' }))).toEqual(wanted);
    expect(await byDigests(schema, { after, until }, rows / 4)).toEqual(wanted);
  });
});
