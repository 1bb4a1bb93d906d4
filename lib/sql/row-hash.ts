import { carriedColumns, type Column, isKeyless, type TableSchema } from '../data/change.ts';
import { baseType, isWideDecimal, valueKind } from './column-type.ts';
import { quoteName } from './identifier.ts';
import { keyColumns } from './key-range.ts';
import { dividedKey, digestNumber } from './hashed-key.ts';
import type { RowHashing } from './range-checksum.ts';

/**
 * Hashes of MatrixOne alone: comparable between servers of this kind, for tables with the same columns.
 *
 * Rows of a table with a key differ from each other: an exclusive or of their hashes will do. Without a key two equal rows would
 * cancel each other out there, so the sums are additions, over 120 of the 128 bits of each row's MD5.
 */
export const matrixoneHashing = (schema: TableSchema): RowHashing => ({
  checksumQuery: (from, condition) =>
    isKeyless(schema)
      ? `select count(*), sum(${digestNumber('h', 1)}), sum(${digestNumber('h', 17)}) from (select ${rowMd5(schema)} as h from ${from} where ${condition}) as r`
      : `select ${sums(schema)} from ${from} where ${condition}`,
  bucketQuery: (from, condition, of) =>
    // By its place: the table may have a column of any name.
    `select ${bucketOf(schema, of)}, ${sums(schema)} from ${from} where ${condition} group by 1`,
  bucketOf: (of) => bucketOf(schema, of),
});

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

/**
 * Does the sink store values of these columns as the source does? If not, the same bytes may be another value, for example in
 * decimals of another scale.
 */
export const sameStored = (schema: TableSchema, sinkTypeOf: (column: Column) => string): boolean =>
  carriedColumns(schema).every((column) => storage(column.type) === storage(sinkTypeOf(column)));

/** The labels themselves are packed, so their declarations, which servers print differently, do not matter. */
const storage = (type: string): string => /^(?:enum|set)\b/u.exec(type)?.[0] ?? type;

/** Geometries with coordinates of 32 bits, which concat does not take either. */
const FLOAT32 = /^\w+32\b/u;

/** Packs a value as text if serial_full has no code for its type (4.2.0). The text is exact for these types. */
export function packed({ name, type }: Column): string {
  if (isWideDecimal(type)) return `concat(${quoteName(name)}, '')`;
  return valueKind(type) === 'geometry' && FLOAT32.test(type) ? `cast(${quoteName(name)} as char)` : quoteName(name);
}

/** Values of these types all have as many bytes as the type says. */
const FIXED =
  /^(?:(?:tiny|small|medium|big)?int|float|double|decimal|bool|date|time|datetime|timestamp|year|uuid|bit)$/u;
const BYTES = /^(?:(?:var)?char|(?:var)?binary|(?:tiny|medium|long)?(?:text|blob))$/u;

/**
 * Two hashes of 64 bits of each row: a bucket's sums are the exclusive or of each. Equal sums and an equal number of rows mean
 * equal rows, as long as no row occurs twice at one of the ends, which its key rules out.
 *
 * MatrixOne's `hash_value` is five to ten times as fast as MD5. It puts a mark before each value, but no length (`builtInHash` in
 * func_builtin.go, 4.2.0): `('a', X'0062')` and `(X'6100', 'b')` would be one. So each value whose type leaves its length
 * open has its length before it. The second hash has a byte more in front, so that its blocks begin elsewhere and it is
 * independent of the first. Servers answer alike if both have processors with AES; otherwise all rows look different,
 * and no row looks equal.
 */
export function rowHashes(schema: TableSchema): readonly [string, string] {
  const values = carriedColumns(schema).map(hashed).join(', ');
  return [`hash_value(${values})`, `hash_value('s', ${values})`];
}

/** The arguments that tell a value of the column apart from any other, whatever stands behind it. */
function hashed(column: Column): string {
  const base = baseType(column.type);
  const name = quoteName(column.name);
  if (FIXED.test(base) && !isWideDecimal(column.type)) return name;
  if (BYTES.test(base)) return `length(${name}), ${name}`;
  // The server has no length() of JSON, vectors and geometries, and stores the number of an enum's label.
  const value = `serial_full(${packed(column)})`;
  return `length(${value}), ${value}`;
}

const bucketOf = (schema: TableSchema, of: number): string =>
  `hash_value(${dividedKey(keyColumns(schema), ({ name }) => quoteName(name)).join(', ')}) & ${of - 1}`;
