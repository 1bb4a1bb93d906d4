import { createHash } from 'node:crypto';
import type { BucketSums, Checksum } from '../../lib/data/buckets.ts';
import type { Row } from '../../lib/data/change.ts';
import type { KeyRange, RowSet } from '../../lib/replication/endpoints/source.ts';
import { contains, type MemoryTable } from './memory-source.ts';

export const checksumOf = (rows: MemoryTable, range: KeyRange): Checksum =>
  sumOf([...rows].filter(([key]) => contains(range, key)));

function sumOf(rows: readonly (readonly [string, Row])[]): Checksum {
  // Without the keys, which a table without a key has only in memory.
  const sorted = rows.map(([, row]) => JSON.stringify(row)).sort();
  return { rows: rows.length, digest: sorted.join('\n') };
}

export function bucketSumsOf(rows: MemoryTable, range: KeyRange, of: number): BucketSums {
  const within = [...rows].filter(([key]) => contains(range, key));
  return new Map(
    [...Map.groupBy(within, ([key]) => bucketOf(key, of))].map(([bucket, its]) => [bucket, sumOf(its)] as const),
  );
}

const bucketOf = (key: string, of: number): number => createHash('sha1').update(key).digest().readUInt32BE() % of;

/** Is the key in the set? */
export const isIn = (set: RowSet, key: string, order?: Parameters<typeof contains>[2]): boolean =>
  contains(set, key, order) && (set.buckets?.among.includes(bucketOf(key, set.buckets.of)) ?? true);
