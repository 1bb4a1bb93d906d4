import fc from 'fast-check';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matrixoneDialect } from '../../../lib/matrixone/sink/matrixone-dialect.ts';
import { MatrixoneSource } from '../../../lib/matrixone/source/matrixone-source.ts';
import { DatabaseSink } from '../../../lib/sink/database-sink.ts';
import { declaredSchema } from '../../support/declared/declared-table.ts';
import type { Row } from '../../../lib/data/change.ts';
import { ChunkComparison, type ComparisonMode } from '../../../lib/replication/compare/chunk-comparison.ts';
import type { Differences } from '../../../lib/replication/compare/found-differences.ts';
import type { Endpoints } from '../../../lib/replication/tables/endpoints.ts';
import type { Pin } from '../../../lib/data/position.ts';
import type { Sink } from '../../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../../lib/replication/endpoints/sink-tables.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { ComparedTable } from '../../support/compared-rows.ts';
import { sinkFixture } from '../../support/database-sinks.ts';
import { testServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';
import type { SinkFixture } from '../../contracts/sink-world.ts';

const never = new AbortController().signal;
const WHOLE = { lower: undefined, upper: undefined };
const ROWS = 12;

/** Chunks of random rows of every type at real servers, whole and with single values tampered with. */
describe.each([
  ['matrixone', 'all'],
  ['mysql', 'all'],
  ['mysql', 'hashed'],
] as const)('comparing with a sink of type %s: %s columns', (type, which) => {
  const id = randomBytes(4).toString('hex');
  const [from, to, books] = [`cdc_cmp_from_${id}`, `cdc_cmp_to_${id}`, `mo_cdc_cmp_${id}`];
  /** All values have the same hash at both ends. */
  const isHashed = type === 'matrixone' || which === 'hashed';
  let fixture: SinkFixture;
  let compared: ComparedTable;
  let source: MatrixoneSource;
  /** Fills the source. */
  let writer: Sink;
  let sink: Sink;
  let tables = 0;
  let steps = 0;

  beforeAll(async () => {
    const { sourceUri, real } = await testServers();
    fixture = await sinkFixture(type);
    compared = new ComparedTable(!real, which);
    const address = parseDatabaseUri(sourceUri);
    source = new MatrixoneSource(address, never);
    writer = new DatabaseSink({
      address,
      dialect: matrixoneDialect,
      taskId: randomUUID(),
      database: books,
      signal: never,
    });
    sink = fixture.open(randomUUID(), books);
    for (const each of [writer, sink]) await each.takeOver(1);
  });
  afterAll(async () => {
    for (const pin of await source.pins(`mo_cdc_cmp_${id}_`)) await source.dropPin(pin.name);
    const { sourceUri } = await testServers();
    const client = new SqlClient(sourceUri);
    await client.run(`drop database if exists ${from}`, `drop database if exists ${books}`);
    await fixture.client.run(`drop database if exists ${to}`, `drop database if exists ${books}`);
    client.close();
    for (const each of [source, writer, sink]) await each.close();
    await fixture.close();
  });

  const step = () => ({ window: 0, batch: (steps += 1), point: undefined });
  const write = async (to: Sink, table: SinkTable, rows: readonly Row[]): Promise<void> => {
    const batch = to.beginBatch('replace');
    await batch.add(
      table,
      rows.map((row) => ({ deleted: false, row })),
    );
    await batch.commit(step());
  };

  /** A table with these rows at the source, at a pin, and a copy of it at the sink. */
  const copied = async (rows: readonly Row[]): Promise<{ table: SinkTable; pin: Pin; rows: Row[] }> => {
    const name = { database: from, table: `t${(tables += 1)}` };
    const made = { name, schema: declaredSchema(name, '1', compared.definition(name.table)) };
    await writer.createTable(made);
    await write(writer, made, rows);
    const pin = await source.createPin(`mo_cdc_cmp_${id}_${tables}`, [name]);
    const schema = await source.describe(name, pin);
    const table = { name: { database: to, table: name.table }, schema };
    await sink.createTable(table);
    const read: Row[] = [];
    for await (const batch of source.readRange(schema, pin, WHOLE)) read.push(...batch);
    await write(sink, table, read);
    return { table, pin, rows: read.sort((a, b) => Number(a[0]) - Number(b[0])) };
  };

  const compare = async (table: SinkTable, pin: Pin, mode: ComparisonMode): Promise<Differences> => {
    const ends = { source, sink } as unknown as Endpoints;
    return await new ChunkComparison(never, ends, table, pin, step).run(WHOLE, mode);
  };
  const counts = ({ rows, missing, extra, different }: Differences) => ({ rows, missing, extra, different });
  const equalChecksums = async (table: SinkTable, pin: Pin): Promise<boolean> => {
    const hash = sink.rowHash ?? 'matrixone';
    const [there, here] = [await source.checksum(table.schema, pin, WHOLE, hash), await sink.checksum(table, WHOLE)];
    expect(there?.rows).toBe(ROWS);
    expect(here).toBeDefined();
    return JSON.stringify(there) === JSON.stringify(here);
  };

  test('finds no difference in what was copied, and any value that is another', async () => {
    await fc.assert(
      fc.asyncProperty(randomRows(), fc.infiniteStream(fc.nat()), async (original, seeds) => {
        const { table, pin, rows } = await copied(original);
        const none = { rows: ROWS, missing: 0, extra: 0, different: 0 };
        expect(counts(await compare(table, pin, 'count')), await unlike(table, rows)).toEqual(none);
        if (isHashed) expect(await equalChecksums(table, pin)).toBe(true);
        for (const seed of seeds.take(20)) await tamper(table, pin, rows, seed);
        expect(counts(await compare(table, pin, 'align'))).toEqual(none);
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });

  /** Which columns there are is known once the servers are. */
  const randomRows = (): fc.Arbitrary<Row[]> => compared.rows(ROWS);

  /** Tampers with one value of the sink's copy, sees it found and repaired. */
  async function tamper(table: SinkTable, pin: Pin, rows: readonly Row[], seed: number): Promise<void> {
    const [tampering] = fc.sample(compared.tampering(ROWS), { numRuns: 1, seed });
    if (tampering === undefined) return;
    const { row: number, column, value } = tampering;
    const [row = [], next = []] = [rows[number], rows[(number + 1) % ROWS]];
    const other = value === 'of the next row' ? (next[column] ?? null) : value;
    const swapped = value === 'of the next row' ? [[next, row[column] ?? null] as const] : [];
    const bent = [[row, other] as const, ...swapped].map(([of, v]) => of.with(column, v));
    await write(sink, table, bent);
    const printed = await sinkRows(table);
    const different = rows.filter((original, i) => !sameRow(original, printed[i] ?? [], table)).length;
    const shown = `${table.schema.columns[column]?.type}: ${String(row[column])} and ${String(other)}`;
    if (isHashed) expect(await equalChecksums(table, pin), shown).toBe(different === 0);
    expect(counts(await compare(table, pin, 'align')), shown).toEqual({ rows: ROWS, missing: 0, extra: 0, different });
    expect((await compare(table, pin, 'count')).different, shown).toBe(0);
  }

  /** What is printed otherwise, for the message of a failure. */
  async function unlike(table: SinkTable, rows: readonly Row[]): Promise<string> {
    const form = (await sink.comparedForm(table)) ?? ((row: Row) => row);
    const lines = (await sinkRows(table)).flatMap((here, i) => {
      const [a, b] = [form(rows[i] ?? []), form(here)];
      return here.flatMap((value, c) =>
        String(a[c]) === String(b[c])
          ? []
          : [
              `${table.schema.columns[c]?.type}: ${String(rows[i]?.[c])} ${String(value)} | ${String(a[c])} ${String(b[c])}`,
            ],
      );
    });
    return lines.join('\n');
  }

  /** As the sink prints them, by id; floats in full. */
  async function sinkRows({ name, schema }: SinkTable): Promise<Row[]> {
    await fixture.client.run("set time_zone = '+00:00'");
    const columns = schema.columns.map(({ name: column, type: declared }) =>
      type === 'mysql' && declared === 'float' ? `${column} * 1e0` : column,
    );
    return await fixture.client.query(`select ${columns.join(', ')} from ${name.database}.${name.table} order by id`);
  }

  /** What is the same is judged here in a way of its own, from what the types mean. */
  const sameRow = (there: Row, here: Row, { schema }: SinkTable): boolean =>
    there.every((value, i) => {
      const other = here[i] ?? null;
      if (value === null || other === null || type === 'matrixone')
        return Buffer.compare(value ?? NULL, other ?? NULL) === 0;
      return meaning(value, schema.columns[i]?.type ?? '') === meaning(other, schema.columns[i]?.type ?? '');
    });
});

const NULL = Buffer.from('\u0000 no value');

function meaning(value: Buffer, type: string): string {
  const text = value.toString('latin1');
  if (type === 'double') return String(Number(text));
  if (type === 'float') return String(Math.fround(Number(text)));
  if (/^(?:datetime|timestamp|time)/u.test(type)) return `${text}.`.replace(/\.(\d*?)0*\.?$/u, '.$1');
  if (type === 'json') return JSON.stringify(JSON.parse(value.toString('utf8')), sorted);
  return text;
}

/** Members by name. */
const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
