import { expect } from 'vitest';
import type { Row, TableSchema } from '../../lib/data/change.ts';
import type { Pin } from '../../lib/data/position.ts';
import type { KeyRange, RowSet, Source } from '../../lib/replication/endpoints/source.ts';

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
    const rest = await source.planRanges(schema, at, { rows, bytes: ANY }, first?.upper);
    expect(rest[0]?.lower).toBe(first?.upper);
    expect(rest.at(-1)?.upper).toBeUndefined();
    expect(await read(rest)).toEqual(expected);
    if (rows > 100) expect(rest).toHaveLength(1);
  }
  const sums = await Promise.all(others.map((range) => source.checksum(schema, at, range)));
  expect(sums.reduce((total, sum) => total + (sum?.rows ?? 0), 0)).toBe(expected.length);
  expect(new Set(sums.map((sum) => sum?.digest)).size).toBe(others.length);
  const rest = { lower: first?.upper, upper: undefined };
  expect((await source.checksum(schema, at, rest))?.rows).toBe(expected.length);
  await expectBuckets(source, schema, at, rest, read);
}

/** Each row is in one bucket, and the checksum of a bucket is of its rows. */
async function expectBuckets(
  source: Source,
  schema: TableSchema,
  at: Pin,
  range: KeyRange,
  read: (sets: readonly RowSet[]) => Promise<string[]>,
): Promise<void> {
  const of = 4;
  const sums = (await source.bucketSums(schema, at, range, of)) ?? new Map<never, never>();
  const sets = Array.from({ length: of }, (_, bucket) => ({ ...range, buckets: { of, among: [bucket] } }));
  for (const [bucket, set] of sets.entries()) {
    expect(await read([set])).toHaveLength(sums.get(bucket)?.rows ?? 0);
  }
  expect(await read(sets)).toEqual(await read([range]));
  expect(await read([{ ...range, buckets: { of, among: [0, 1, 2, 3] } }])).toEqual(await read([range]));
}
