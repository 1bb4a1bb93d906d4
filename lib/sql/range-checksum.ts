import type { BucketSums, Checksum } from '../data/buckets.ts';
import type { TableSchema, Value } from '../data/change.ts';
import type { RowSet } from '../replication/endpoints/source.ts';
import type { ResultSet } from '../wire/connection.ts';
import { type KeyLiteral, rangeCondition } from './key-range.ts';

/** The SQL with which a server sums up the rows of a table. `from`: the table, live or at a snapshot. */
export interface RowHashing {
  /** The query for the checksum of the rows that meet the condition: one row of a count and sums. */
  checksumQuery(from: string, condition: string): string;
  /** The query for the checksums of buckets: one row for each, with its number in front. For a table with a key. */
  bucketQuery(from: string, condition: string, of: number): string;
  /** An expression for the bucket of a row, by its key. */
  bucketOf(of: number): string;
}

/**
 * The condition for the rows of a range that are in the buckets, if any are named. If the rows can no longer be hashed, it is
 * that of all rows of the range.
 */
export function rowSetCondition(
  schema: TableSchema,
  set: RowSet,
  literalOf: KeyLiteral,
  hashing: RowHashing | undefined,
): string {
  const range = rangeCondition(schema, set, literalOf);
  if (set.buckets === undefined || hashing === undefined) return range;
  return `${range} and (${hashing.bucketOf(set.buckets.of)}) in (${set.buckets.among.join(', ')})`;
}

/** Undefined if the server could not hash every row. */
export const readChecksum = ({ rows }: Pick<ResultSet, 'rows'>): Checksum | undefined => readSum(rows[0] ?? []);

/** Undefined if the server could not hash every row. */
export function readBucketSums({ rows }: Pick<ResultSet, 'rows'>): BucketSums | undefined {
  const sums = new Map<number, Checksum>();
  for (const [bucket = null, ...values] of rows) {
    const sum = readSum(values);
    if (sum === undefined) return undefined;
    sums.set(Number(bucket), sum);
  }
  return sums;
}

function readSum([count = null, ...sums]: readonly Value[]): Checksum | undefined {
  const rows = Number(count?.toString('latin1') ?? '0');
  if (rows > 0 && sums.includes(null)) return undefined;
  return { rows, digest: sums.map((sum) => sum?.toString('latin1') ?? '0').join('-') };
}
