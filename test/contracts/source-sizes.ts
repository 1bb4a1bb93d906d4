import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Row } from '../../lib/data/change.ts';
import type { Pin } from '../../lib/data/position.ts';
import type { KeyRange, RangeSize, Source } from '../../lib/replication/endpoints/source.ts';
import type { TableName } from '../../lib/task/task.ts';
import { collect } from './source-contract.ts';
import { ANY } from './source-rest.ts';
import { allRanges } from '../support/all-ranges.ts';

interface Sizes {
  readonly db: string;
  readonly at: (table: string) => TableName;
  readonly run: (...sql: string[]) => Promise<void>;
  readonly pin: (...tables: string[]) => Promise<Pin>;
  readonly emulated: () => boolean;
  readonly source: () => Source;
}

/** A column of each kind, with a value; what has no length for the server is packed to be measured. */
const KINDS: Readonly<Record<string, string>> = {
  'char(200)': "'a'",
  json: `'{"a": [1, 2]}'`,
  blob: "''",
  'varbinary(9000)': "x'00ff'",
  "set('x','y')": "'x,y'",
  'decimal(38,10)': '1.5',
};
const OF_MATRIXONE: Readonly<Record<string, string>> = {
  'vecf32(200)': `'[${'1,'.repeat(199)}1]'`,
  geometry: "st_geomfromtext('POINT(1 1)')",
  point32: "st_geomfromtext('POINT(1 1)')",
  'decimal(60,2)': "'1.5'",
};

const bytesOf = (rows: readonly Row[]): number =>
  rows.reduce((sum, row) => row.reduce((bytes, value) => bytes + (value?.length ?? 0), sum), 0);

/** Ranges are bounded by the bytes of their rows, too. */
export function describeSizes({ db, at, run, pin, emulated, source }: Sizes): void {
  let tables = 0;

  /** Rows whose texts are of these lengths, in the order of their keys, in ranges of the size. */
  async function ranges(lengths: readonly number[], size: RangeSize): Promise<Row[][]> {
    const table = `sized${++tables}`;
    await run(`create table ${db}.${table} (k varchar(20) primary key, v longtext)`);
    for (let start = 0; start < lengths.length; start += 200) {
      const rows = lengths.slice(start, start + 200).map((length, i) => {
        return `('${String(start + i).padStart(6, '0')}', '${'x'.repeat(length)}')`;
      });
      await run(`insert into ${db}.${table} values ${rows.join(',')}`);
    }
    const now = await pin(table);
    const schema = await source().describe(at(table), now);
    const found: Row[][] = [];
    for (const range of await allRanges(source(), schema, now, size)) {
      found.push(await collect(source().readRange(schema, now, range)));
    }
    await run(`drop table ${db}.${table}`);
    expect(found.flat()).toHaveLength(lengths.length);
    expect(new Set(found.flat().map(([key]) => String(key))).size).toBe(lengths.length);
    return found;
  }

  test('large rows make short ranges, wherever in the table they are', async () => {
    const runs = fc.array(
      fc.record({ rows: fc.integer({ min: 1, max: 300 }), bytes: fc.constantFrom(0, 9, 900, 9_000) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(runs, async (parts) => {
        const lengths = parts.flatMap(({ rows, bytes }) => Array.from({ length: rows }, () => bytes));
        const size = { rows: 100, bytes: 20_000 };
        for (const rows of await ranges(lengths, size)) {
          // A sample of 20 may be off by half and more, and the last row may exceed any limit.
          expect(rows.length).toBeLessThan(3 * size.rows);
          expect(bytesOf(rows)).toBeLessThan(3 * size.bytes + 9_000);
        }
      }),
      { numRuns: 8 },
    );
  });

  test('small rows are as many to a range as they may', async () => {
    const found = await ranges(
      Array.from({ length: 2_000 }, () => 50),
      { rows: 400, bytes: 1024 ** 2 },
    );
    expect(found.length).toBeGreaterThan(3);
    expect(found.length).toBeLessThan(9);
    expect(await ranges([10, 20, 30], { rows: 400, bytes: 1024 ** 2 })).toHaveLength(1);
  });

  test('a row that is larger than a range is a range of its own', async () => {
    const found = await ranges([10, 10, 50_000, 10, 50_000, 50_000], { rows: 1_000, bytes: 40_000 });
    expect(found.filter((rows) => bytesOf(rows) > 50_100)).toEqual([]);
  });

  test('values of every kind are measured', async () => {
    const kinds = Object.entries({ ...KINDS, ...(emulated() ? {} : OF_MATRIXONE) });
    const columns = kinds.map(([type], i) => `c${i} ${type}`).join(', ');
    const values = kinds.map(([, value]) => value).join(', ');
    const nulls = kinds.map(() => 'null').join(', ');
    await run(
      `create table ${db}.kinds (k int primary key, ${columns})`,
      `insert into ${db}.kinds values (1, ${values}), (2, ${values}), (3, ${nulls})`,
    );
    const now = await pin('kinds');
    const schema = await source().describe(at('kinds'), now);
    const open: KeyRange = { lower: undefined, upper: undefined };
    expect(await allRanges(source(), schema, now, { rows: 100, bytes: ANY })).toEqual([open]);
    expect(await allRanges(source(), schema, now, { rows: 100, bytes: 1 })).toHaveLength(4);
  });
}
