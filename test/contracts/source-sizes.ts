import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Row } from '../../lib/replication/change.ts';
import type { Pin } from '../../lib/replication/position.ts';
import type { KeyRange, RangeSize, Source } from '../../lib/replication/source.ts';
import type { TableName } from '../../lib/task/task.ts';
import { collect } from './source-contract.ts';
import { ANY } from './source-rest.ts';

interface Sizes {
  readonly db: string;
  readonly at: (table: string) => TableName;
  readonly run: (...sql: string[]) => Promise<void>;
  readonly pin: (...tables: string[]) => Promise<Pin>;
  readonly emulated: () => boolean;
  readonly source: () => Source;
}

/** What is packed to be measured, because its text's length is not to be had. */
const PACKED = ['j json default \'{"a": [1, 2]}\'', "b blob default ''", "s set('x', 'y') default 'x,y'"];
const PACKED_BY_MATRIXONE = [
  "v vecf32(2) default '[1, 2]'",
  'g geometry',
  'p point32',
  'd datalink',
  'n decimal(60,2)',
];

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
    for (const range of await source().planRanges(schema, now, size)) {
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
    const columns = [...PACKED, ...(emulated() ? [] : PACKED_BY_MATRIXONE)];
    await run(
      `create table ${db}.kinds (k int, c char(200), ${columns.join(', ')}, primary key (k))`,
      `insert into ${db}.kinds (k, c) values (1, ''), (2, 'a'), (3, null)`,
    );
    const now = await pin('kinds');
    const schema = await source().describe(at('kinds'), now);
    const open: KeyRange = { lower: undefined, upper: undefined };
    expect(await source().planRanges(schema, now, { rows: 100, bytes: ANY })).toEqual([open]);
    expect(await source().planRanges(schema, now, { rows: 100, bytes: 1 })).toHaveLength(4);
  });
}
