import type { Checksum } from '../data/buckets.ts';
import { carriedColumns, isKeyless, type TableSchema, type Value } from '../data/change.ts';
import type { SinkTable } from '../replication/endpoints/sink-tables.ts';
import type { ResultSet } from '../wire/connection.ts';
import { bucketOf, packed, rowHashes } from './row-hash.ts';

/**
 * The query for the checksum of the rows of `from` (a table, live or at a snapshot) that meet the condition. It returns
 * one row: the number of rows, and two sums.
 *
 * Rows of a table with a key differ from each other: an exclusive or of their hashes will do. Without a key two equal rows would
 * cancel each other out there, so the sums are additions, over 120 of the 128 bits of each row's MD5.
 */
export function checksumQuery(from: string, schema: TableSchema, condition: string): string {
  if (!isKeyless(schema)) return `select ${sums(schema)} from ${from} where ${condition}`;
  return `select count(*), ${sumOf(1)}, ${sumOf(17)} from (
    select ${rowMd5(schema)} as h from ${from} where ${condition}) as r`;
}

/** The query for the checksums of buckets: one row for each, with its number in front. For a table with a key. */
export const bucketQuery = (from: string, schema: TableSchema, condition: string, of: number): string =>
  // By its place: the table may have a column of any name.
  `select ${bucketOf(schema, of)}, ${sums(schema)} from ${from} where ${condition} group by 1`;

const sums = (schema: TableSchema): string => {
  const [first, second] = rowHashes(schema);
  return `count(*), bit_xor(${first}), bit_xor(${second})`;
};

/**
 * SQL for the MD5 of a row as hexadecimal digits. `serial_full` is MatrixOne's own encoding of composite keys. It packs
 * values of any type as they are stored, each with its type and its end marked, NULL included, so no two different rows
 * look alike. Casts to text would not do: they strip the quotes of a JSON string and the end of long texts (`jsonToStr`,
 * `strToStr` in func_cast.go, 4.2.0).
 */
export const rowMd5 = (schema: TableSchema): string =>
  `md5(serial_full(${carriedColumns(schema).map(packed).join(', ')}))`;

/** Uses 60 bits a row, so that the sum fits a DECIMAL. */
const sumOf = (first: number): string => `sum(cast(conv(substring(h, ${first}, 15), 16, 10) as unsigned))`;

/**
 * Does the sink store values of these columns as the source does? `types`: the sink's types by lower-case name. If not,
 * the same bytes may be another value, for example in decimals of another scale.
 */
export const sameStored = ({ schema }: SinkTable, types: ReadonlyMap<string, string>): boolean =>
  carriedColumns(schema).every(({ name, type }) => storage(type) === storage(types.get(name.toLowerCase()) ?? ''));

/** The labels themselves are packed, so their declarations, which servers print differently, do not matter. */
const storage = (type: string): string => /^(?:enum|set)\b/u.exec(type)?.[0] ?? type;

export const readChecksum = ({ rows }: Pick<ResultSet, 'rows'>): Checksum => readSum(rows[0] ?? []);

export const readBucketSums = ({ rows }: Pick<ResultSet, 'rows'>): Map<number, Checksum> =>
  new Map(rows.map(([bucket = null, ...sum]) => [Number(bucket), readSum(sum)]));

function readSum(values: readonly Value[]): Checksum {
  const [count = '', ...parts] = values.map((value) => value?.toString('latin1') ?? '0');
  return { rows: Number(count), digest: parts.join('-') };
}
