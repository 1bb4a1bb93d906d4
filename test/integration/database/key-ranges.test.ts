import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MatrixoneSource } from '../../../lib/matrixone/source/matrixone-source.ts';
import type { Change, Row } from '../../../lib/data/change.ts';
import { ChunkComparison, type ComparisonMode } from '../../../lib/replication/compare/chunk-comparison.ts';
import type { Endpoints } from '../../../lib/replication/tables/endpoints.ts';
import type { Pin } from '../../../lib/data/position.ts';
import type { Rows } from '../../../lib/data/row-block.ts';
import type { Sink } from '../../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../../lib/replication/endpoints/sink-tables.ts';
import type { KeyRange } from '../../../lib/replication/endpoints/source.ts';
import { isWideDecimal } from '../../../lib/sql/column-type.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { sinkFixture } from '../../support/database-sinks.ts';
import { keyCases, keysOf } from '../../support/key-cases.ts';
import { testServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';
import { sourceLiteral } from '../../support/values/source-literal.ts';
import type { TypeCase } from '../../support/values/type-case.ts';
import type { SinkFixture } from '../../contracts/sink-world.ts';
import { allRanges } from '../../support/all-ranges.ts';

const never = new AbortController().signal;
const ROWS = 40;
/** Kept from the source, to be too many at the sink. */
const STRAYS = 2;
const SIZE = { rows: 7, bytes: 1024 ** 3 };
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

interface Planned {
  readonly table: SinkTable;
  readonly pin: Pin;
  readonly ranges: readonly KeyRange[];
  readonly rows: readonly Row[];
  readonly strays: readonly Row[];
}

/** Of 4.2.0: a table with a unique key of nothing but labels allows no DELETE, and a wide decimal is in no key with others. */
const keyShapes = (type: string): readonly string[] => {
  if (type.startsWith('enum')) return ['k, n'];
  return isWideDecimal(type) ? ['k'] : ['k', 'k, n'];
};

/** Ranges of keys of every type that a key may have, alone and as the first column of two. */
describe.each(['matrixone', 'mysql'] as const)(`key ranges at a sink of type %s, seed ${seed}`, (type) => {
  const id = randomBytes(4).toString('hex');
  const [from, to, books] = [`cdc_rng_from_${id}`, `cdc_rng_to_${id}`, `mo_cdc_rng_${id}`];
  let fixture: SinkFixture;
  let client: SqlClient;
  let source: MatrixoneSource;
  let sink: Sink;
  let isReal = false;
  let steps = 0;
  let tables = 0;

  beforeAll(async () => {
    const { sourceUri, real } = await testServers();
    isReal = real;
    fixture = await sinkFixture(type);
    client = new SqlClient(sourceUri);
    source = new MatrixoneSource(parseDatabaseUri(sourceUri), never);
    sink = fixture.open(randomUUID(), books);
    await sink.takeOver(1);
    await client.run(`set time_zone = '+00:00'`, `create database ${from}`);
  });
  afterAll(async () => {
    for (const pin of await source.pins(`mo_cdc_rng_${id}_`)) await source.dropPin(pin.name);
    await client.run(`drop database if exists ${from}`);
    await fixture.client.run(`drop database if exists ${to}`, `drop database if exists ${books}`);
    client.close();
    for (const each of [source, sink]) await each.close();
    await fixture.close();
  });

  const step = () => ({ window: 0, batch: (steps += 1), point: undefined });
  const write = async (table: SinkTable, changes: readonly Change[]): Promise<void> => {
    const batch = sink.beginBatch('replace');
    await batch.add(table, changes);
    await batch.commit(step());
  };
  const put = (row: Row): Change => ({ deleted: false, row });

  /** A table at the source whose key begins with a column of the type, and a copy of it at the sink. */
  async function planned(keys: TypeCase, key: string): Promise<Planned> {
    const name = { database: from, table: `t${(tables += 1)}` };
    // Labels are in no primary key of MatrixOne, but in unique ones.
    const created = (database: string): string =>
      `create table ${database}.${name.table} (k ${keys.type} not null, n int not null, v int,
         ${keys.type.startsWith('enum') ? 'unique' : 'primary'} key (${key}))`;
    await client.run(created(from));
    const values = keysOf(keys, ROWS, seed, isReal).map((k, n) => `(${sourceLiteral(keys.type, k)}, ${n % 7}, ${n})`);
    await client.run(`insert into ${from}.${name.table} values ${values.join(', ')}`);
    const strays = await all(name.table, `v < ${STRAYS}`);
    await client.run(`delete from ${from}.${name.table} where v < ${STRAYS}`);
    const pin = await source.createPin(`mo_cdc_rng_${id}_${tables}`, [name]);
    const schema = await source.describe(name, pin);
    const table = { name: { database: to, table: name.table }, schema };
    if (type === 'matrixone') await fixture.client.run(`create database if not exists ${to}`, created(to));
    await sink.createTable(table);
    const rows = await all(name.table, 'true');
    await write(table, rows.map(put));
    return { table, pin, ranges: await allRanges(source, schema, pin, SIZE), rows, strays };
  }

  const all = (table: string, where: string): Promise<Row[]> =>
    client.query(`select * from ${from}.${table} where ${where}`);

  const numbers = async (rows: AsyncIterable<Rows>): Promise<number[]> => {
    const found: number[] = [];
    for await (const some of rows) for (const row of some) found.push(Number(row[2]));
    return found.sort((a, b) => a - b);
  };

  async function compare({ table, pin, ranges }: Planned, mode: ComparisonMode): Promise<object> {
    const total = { rows: 0, missing: 0, extra: 0, different: 0 };
    const comparison = new ChunkComparison(never, { source, sink } as unknown as Endpoints, table, pin, step);
    for (const range of ranges) {
      const found = await comparison.run(range, mode);
      for (const of of ['rows', 'missing', 'extra', 'different'] as const) total[of] += found[of];
    }
    return total;
  }

  test.each([...keyCases(true)].map((keys) => [keys.type, keys] as const))('of %s', async (_, keys) => {
    if (!keyCases(isReal).includes(keys)) return;
    for (const key of keyShapes(keys.type)) {
      const made = await planned(keys, key);
      const { table, pin, ranges, rows, strays } = made;
      const expected = rows.map((row) => Number(row[2])).sort((a, b) => a - b);
      const there: number[][] = [];
      for (const range of ranges) there.push(await numbers(source.readRange(table.schema, pin, range)));
      expect(there.flat().sort((a, b) => a - b)).toEqual(expected);
      if (rows.length > 2 * SIZE.rows) expect(there.filter((range) => range.length > 0).length).toBeGreaterThan(2);

      if (await sink.keepsOrder(table)) {
        const here: number[][] = [];
        for (const range of ranges) here.push(await numbers(sink.readRange(table, range)));
        expect(here).toEqual(there);
      }
      expect(await numbers(sink.readKeys(table, rows))).toEqual(expected);

      const none = { rows: rows.length, missing: 0, extra: 0, different: 0 };
      expect(await compare(made, 'count')).toEqual(none);
      // Of 4.2.0: a unique key keeps the labels of deleted rows, so that no row can be replaced.
      if (type === 'matrixone' && keys.type.startsWith('enum')) return;
      const [lost = [], bent = []] = [rows.at(-1), rows.at(-2)];
      const changes = [
        ...strays.map(put),
        ...(rows.length < 3 ? [] : [{ deleted: true, row: lost }, put(bent.with(2, Buffer.from('-5')))]),
      ];
      await write(table, changes);
      const damage = {
        rows: rows.length,
        missing: rows.length < 3 ? 0 : 1,
        extra: strays.length,
        different: rows.length < 3 ? 0 : 1,
      };
      expect(await compare(made, 'count')).toEqual(damage);
      expect(await compare(made, 'align')).toEqual(damage);
      expect(await compare(made, 'count')).toEqual(none);
      await source.dropPin(pin.name);
      await client.run(`drop table ${from}.${table.name.table}`);
    }
  });
});
