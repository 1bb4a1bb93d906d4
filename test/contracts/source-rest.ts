import { expect } from 'vitest';
import type { RowHash } from '../../lib/data/buckets.ts';
import type { Row, TableSchema } from '../../lib/data/change.ts';
import type { Pin, Window } from '../../lib/data/position.ts';
import type { TableName } from '../../lib/task/task.ts';
import type { KeyRange, RowSet, Source } from '../../lib/replication/endpoints/source.ts';
import { allRanges } from '../support/all-ranges.ts';

/** More than the tests have. */
export const ANY = 1024 ** 4;

/** What a later worker goes on with: ranges planned after the end of one. Checksums agree with the rows. */
export async function expectRest(
  source: Source,
  schema: TableSchema,
  at: Pin,
  ranges: readonly KeyRange[],
): Promise<void> {
  const read = async (some: readonly RowSet[]): Promise<string[]> => {
    const rows: Row[] = [];
    for (const range of some) for await (const batch of source.readRange(schema, at, range)) rows.push(...batch);
    return rows.map((row) => row.map(String).join('|')).sort();
  };
  const [first, ...others] = ranges;
  const expected = await read(others);
  for (const rows of [100, 1_000_000]) {
    const rest = await allRanges(source, schema, at, { rows, bytes: ANY }, first?.upper);
    expect(rest[0]?.lower).toBe(first?.upper);
    expect(rest.at(-1)?.upper).toBeUndefined();
    expect(await read(rest)).toEqual(expected);
    if (rows > 100) expect(rest).toHaveLength(1);
  }
  const paged = await pagesAfter(source, schema, at, first?.upper);
  expect(paged[0]?.lower).toBe(first?.upper);
  expect(paged.length).toBeGreaterThan(1);
  for (const [i, { lower }] of paged.entries()) if (i > 0) expect(lower).toEqual(paged[i - 1]?.upper);
  expect(await read(paged)).toEqual(expected);
  for (const hash of ['matrixone', 'text'] as const) {
    const sums = await Promise.all(others.map((range) => source.checksum(schema, at, range, hash)));
    expect(sums.reduce((total, sum) => total + (sum?.rows ?? 0), 0)).toBe(expected.length);
    expect(new Set(sums.map((sum) => sum?.digest)).size).toBe(others.length);
    const rest = { lower: first?.upper, upper: undefined };
    expect((await source.checksum(schema, at, rest, hash))?.rows).toBe(expected.length);
    await expectBuckets(source, schema, at, rest, hash, read);
  }
}

/** Each row is in one bucket, and the checksum of a bucket is of its rows. */
async function expectBuckets(
  source: Source,
  schema: TableSchema,
  at: Pin,
  range: KeyRange,
  hash: RowHash,
  read: (sets: readonly RowSet[]) => Promise<string[]>,
): Promise<void> {
  const of = 4;
  const sums = (await source.bucketSums(schema, at, range, of, hash)) ?? new Map<never, never>();
  const sets = Array.from({ length: of }, (_, bucket) => ({ ...range, buckets: { hash, of, among: [bucket] } }));
  for (const [bucket, set] of sets.entries()) {
    expect(await read([set])).toHaveLength(sums.get(bucket)?.rows ?? 0);
  }
  expect(await read(sets)).toEqual(await read([range]));
  expect(await read([{ ...range, buckets: { hash, of, among: [0, 1, 2, 3] } }])).toEqual(await read([range]));
}

/** All ranges after this end, planned in the smallest pages. */
async function pagesAfter(
  source: Source,
  schema: TableSchema,
  at: Pin,
  after: KeyRange['upper'],
): Promise<readonly KeyRange[]> {
  const ranges: KeyRange[] = [];
  for (let end = after; ;) {
    const page = await source.planPage(schema, at, { rows: 100, bytes: ANY }, { after: end, most: 1 });
    expect(page.ranges.length).toBeGreaterThan(0);
    ranges.push(...page.ranges);
    end = page.ranges.at(-1)?.upper;
    expect(end === undefined).toBe(page.isLast);
    if (page.isLast) return ranges;
  }
}

/** `stopChanges` ends a reading of the window's changes, and the source can be used after it. */
export async function expectStops(source: Source, table: TableName, window: Window): Promise<void> {
  const schema = await source.describe(table, window.until);
  const reading = (async () => {
    let stopped = false;
    for await (const batch of source.readChanges(schema, window)) {
      expect(batch.length).toBeGreaterThan(0);
      if (!stopped) await source.stopChanges();
      stopped = true;
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: expect.stringMatching(/^SOURCE_/u) as unknown });
  // Nothing is under way.
  await source.stopChanges();
  expect(await source.countChanges(table, window)).toBeGreaterThan(0);
}
