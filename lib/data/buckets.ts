/** How rows are hashed. `matrixone`: by that server's own functions. `text`: as texts, which any server does. */
export type RowHash = 'matrixone' | 'text';

/** Some of the buckets that the rows of a table are in by the hash of their key. */
export interface Buckets {
  readonly hash: RowHash;
  /** How many buckets there are: a power of 2. */
  readonly of: number;
  readonly among: readonly number[];
}

/** The checksum of some rows: if any byte of any row differs, so does the digest. */
export interface Checksum {
  readonly rows: number;
  /** Equal for equal rows in any order, if they were hashed in the same way. */
  readonly digest: string;
}

/** By the bucket's number. Buckets without rows are missing. */
export type BucketSums = ReadonlyMap<number, Checksum>;

/** Buckets whose checksums differ between two ends, and the number of rows in them at each end. */
export interface DifferingBuckets extends Omit<Buckets, 'hash'> {
  readonly rows: readonly [number, number];
}

/** Few rows a bucket: each difference costs so many rows to be read at both ends. */
const ROWS_A_BUCKET = 32;
const FEWEST = 256;
/** MatrixOne groups by that many buckets in little more time than the hashes take, and by four times as many in thrice (4.2.0). */
const MOST = 8_192;

/** Into how many buckets to divide this many rows. */
export const bucketsFor = (rows: number): number =>
  2 ** Math.round(Math.log2(Math.min(MOST, Math.max(FEWEST, rows / ROWS_A_BUCKET))));

export const sameSum = (a: Checksum, b: Checksum): boolean => a.rows === b.rows && a.digest === b.digest;

const NONE: Checksum = { rows: 0, digest: '' };

/** The buckets that differ, in portions of about `most` rows at either end. */
export function differingBuckets(
  of: number,
  sums: readonly [BucketSums, BucketSums],
  most: number,
): DifferingBuckets[] {
  const portions: DifferingBuckets[] = [];
  let among: number[] = [];
  let rows: [number, number] = [0, 0];
  const close = (): void => {
    if (among.length > 0) portions.push({ of, among, rows });
    [among, rows] = [[], [0, 0]];
  };
  for (let bucket = 0; bucket < of; bucket++) {
    const [a, b] = [sums[0].get(bucket) ?? NONE, sums[1].get(bucket) ?? NONE];
    if (sameSum(a, b)) continue;
    if (Math.max(rows[0] + a.rows, rows[1] + b.rows) > most) close();
    among.push(bucket);
    rows = [rows[0] + a.rows, rows[1] + b.rows];
  }
  close();
  return portions;
}
