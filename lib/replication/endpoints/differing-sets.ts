import {
  type BucketSums,
  bucketsFor,
  type Checksum,
  differingBuckets,
  type RowHash,
  sameSum,
} from '../../data/buckets.ts';
import type { KeyRange, RowSet } from './source.ts';

/** If more than this part of the rows is in buckets that differ, then reading all rows in the key's order is faster. */
const FEW = 0.25;

/** Checksums of rows at the two ends that are compared. Undefined where an end cannot compute them. */
export interface ComparedEnds {
  readonly hash: RowHash;
  checksums(range: KeyRange): Promise<readonly (Checksum | undefined)[]>;
  bucketSums(range: KeyRange, of: number): Promise<readonly (BucketSums | undefined)[]>;
}

/** Rows that are compared one by one. */
export interface DifferingSet extends RowSet {
  /** The number of rows at each end, where the checksums tell it. */
  readonly rows?: readonly [number, number];
}

/**
 * What the checksums of some neighbouring ranges tell. `sums`: rows outside of `sets` are the same at both ends; `equal` is
 * their number. `none`: there are no checksums. `many`: too many rows differ, so compare the ranges one by one.
 */
export type Found =
  | { readonly told: 'sums'; readonly equal: number; readonly sets: readonly DifferingSet[] }
  | { readonly told: 'none' | 'many' };

/**
 * Finds where the rows of neighbouring ranges differ, without reading them: by one checksum, and if that differs, by those
 * of buckets, into which the hash of the key divides the rows. No order of keys matters. A set of several buckets has no
 * more than `most` rows.
 */
export async function differingSets(ends: ComparedEnds, ranges: readonly KeyRange[], most: number): Promise<Found> {
  const span = { lower: ranges[0]?.lower, upper: ranges.at(-1)?.upper };
  const [a, b] = await ends.checksums(span);
  if (a === undefined || b === undefined) return { told: 'none' };
  if (sameSum(a, b)) return { told: 'sums', equal: a.rows, sets: [] };
  const rows = Math.max(a.rows, b.rows);
  if (ranges.length === 1 && rows <= most) {
    return { told: 'sums', equal: 0, sets: [{ ...span, rows: [a.rows, b.rows] }] };
  }
  const of = bucketsFor(rows);
  const [first, second] = await ends.bucketSums(span, of);
  if (first === undefined || second === undefined) return { told: 'none' };
  const differing = differingBuckets(of, [first, second], most);
  const [inFirst, inSecond] = [0, 1].map((end) =>
    differing.reduce((sum, buckets) => sum + (buckets.rows[end] ?? 0), 0),
  );
  if (ranges.length > 1 && Math.max(inFirst ?? 0, inSecond ?? 0) > FEW * rows) return { told: 'many' };
  const sets = differing.map(({ rows, ...buckets }) => ({
    ...span,
    buckets: { ...buckets, hash: ends.hash },
    rows,
  }));
  return { told: 'sums', equal: a.rows - (inFirst ?? 0), sets };
}
