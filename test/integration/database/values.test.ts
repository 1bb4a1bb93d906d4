import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { declaredSchema } from '../../support/declared/declared-table.ts';
import type { Row } from '../../../lib/data/change.ts';
import type { Chunk } from '../../../lib/replication/endpoints/chunk-plans.ts';
import type { Sink } from '../../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../../lib/replication/endpoints/sink-tables.ts';
import type { SinkFixture } from '../../contracts/sink-world.ts';
import { sinkFixture } from '../../support/database-sinks.ts';
import { ValueTable } from '../../support/value-rows.ts';

describe.each(['mysql', 'matrixone'] as const)('every type arrives byte for byte at a %s sink', (type) => {
  const database = `cdc_val_${randomUUID().slice(0, 8)}`;
  let fixture: SinkFixture;
  let sink: Sink;
  let values: ValueTable;
  let tables = 0;

  beforeAll(async () => {
    fixture = await sinkFixture(type);
    values = new ValueTable(fixture.emulated);
    sink = fixture.open(randomUUID(), `mo_cdc_${database}`);
    await sink.takeOver(1);
  });
  afterAll(async () => {
    await sink.close();
    await fixture.client.run(`drop database if exists ${database}`, `drop database if exists mo_cdc_${database}`);
    await fixture.close();
  });

  const newTable = async (definition = (table: string) => values.definition(table)): Promise<SinkTable> => {
    const name = { database, table: `v${++tables}` };
    const table = { name, schema: declaredSchema(name, '1', definition(name.table)) };
    await sink.createTable(table);
    return table;
  };
  const stored = async ({ name }: SinkTable): Promise<Row[]> => {
    await fixture.client.run("set time_zone = '+00:00'");
    return await fixture.client.query(`select ${values.columns.join(', ')} from ${database}.${name.table} order by id`);
  };
  const write = async (table: SinkTable, rows: readonly Row[], add: number): Promise<void> => {
    const batch = sink.beginBatch('replace');
    for (let i = 0; i < rows.length; i += add) {
      await batch.add(
        table,
        rows.slice(i, i + add).map((row) => ({ deleted: false, row })),
      );
    }
    await batch.commit({ window: 1, batch: 1, point: undefined });
  };

  test('by LOAD DATA, by INSERT, and replaced by both', async () => {
    await fc.assert(
      fc.asyncProperty(values.rows(40), values.rows(40), async (rows, others) => {
        const table = await newTable();
        await sink.planLoad(table, 1, { ranges: [{ lower: undefined, upper: undefined }] }, 'refuse');
        const [chunk] = (await sink.chunks(table, 1)) as [Chunk];
        await sink.loadChunk(table, 1, chunk, batchesOf(rows));
        expectSame(values.columns, await stored(table), rows);
        await write(table, others, 40);
        expectSame(values.columns, await stored(table), others);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  test('labels that look like numbers', async () => {
    const table = await newTable(
      (name) => `CREATE TABLE \`${name}\` (
        \`id\` int NOT NULL, \`e\` enum('x','7','1') DEFAULT NULL, \`s\` set('X','y','2') DEFAULT NULL, PRIMARY KEY (\`id\`))`,
    );
    const labels = [['x', 'X'], ['7', 'y'], ['1', '2'], ['x', ''], ['7', 'X,2'], ['1', 'X,y,2']]; // prettier-ignore
    const rows = labels.map(([e, s], i) => [Buffer.from(String(i)), Buffer.from(e ?? ''), Buffer.from(s ?? '')]);
    const stored = async (): Promise<string[]> => {
      return await fixture.client.sorted(`select * from ${database}.${table.name.table}`);
    };
    const expected = labels.map(([e, s], i) => `${i}|${e}|${s}`);
    await sink.planLoad(table, 1, { ranges: [{ lower: undefined, upper: undefined }] }, 'refuse');
    const [chunk] = (await sink.chunks(table, 1)) as [Chunk];
    await sink.loadChunk(table, 1, chunk, batchesOf(rows));
    expect(await stored()).toEqual(expected);
    await write(table, rows, 10);
    expect(await stored()).toEqual(expected);
    const many = Array.from({ length: 3000 }, (_, i) => [Buffer.from(String(i)), ...(rows[i % 6]?.slice(1) ?? [])]);
    await write(table, many, 500);
    expect((await stored()).filter((line) => /^[0-5]\|/u.test(line))).toEqual(expected);
  });

  test('through staging tables', async () => {
    const rows = fc.sample(values.rows(2500), { numRuns: 1, seed: 7 })[0] ?? [];
    const table = await newTable();
    await write(table, rows.slice(0, 1000).toReversed(), 500);
    await write(table, rows, 500);
    expectSame(values.columns, await stored(table), rows);
  });
});

async function* batchesOf(rows: readonly Row[]): AsyncGenerator<Row[]> {
  for (let i = 0; i < rows.length; i += 7) yield await Promise.resolve(rows.slice(i, i + 7));
}

function expectSame(columns: readonly string[], actual: readonly Row[], expected: readonly Row[]): void {
  const shown = (rows: readonly Row[]): Record<string, string>[] =>
    rows.map((row) =>
      Object.fromEntries(row.map((value, i) => [columns[i] ?? '', value?.toString('latin1') ?? 'NULL'])),
    );
  expect(shown(actual)).toEqual(shown(expected));
}
