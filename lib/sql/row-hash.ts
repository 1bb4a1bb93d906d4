import { carriedColumns, type Column, type TableSchema } from '../data/change.ts';
import type { Buckets } from '../data/buckets.ts';
import { baseType, isWideDecimal, valueKind } from './column-type.ts';
import { quoteName } from './identifier.ts';
import type { RowSet } from '../replication/endpoints/source.ts';
import { keyColumns, type KeyLiteral, rangeCondition } from './key-range.ts';

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

/** Neighbouring numbers share a bucket: what is written together is often numbered together, and then few buckets differ. */
const NEIGHBOURS = 128;
const INTEGER = /^(?:tiny|small|medium|big)?int$/u;

/** SQL for the bucket of a row, by its key. */
export function bucketOf(schema: TableSchema, of: number): string {
  const key = keyColumns(schema);
  const values = key.map((column, i) => {
    const isNumber = i === key.length - 1 && INTEGER.test(baseType(column.type));
    return isNumber ? `${quoteName(column.name)} div ${NEIGHBOURS}` : quoteName(column.name);
  });
  return `hash_value(${values.join(', ')}) & ${of - 1}`;
}

/** SQL for `the row is in one of the buckets`. */
const inBuckets = (schema: TableSchema, { of, among }: Buckets): string =>
  `(${bucketOf(schema, of)}) in (${among.join(', ')})`;

/** The condition for the rows of a range that are in the buckets, if any are named. */
export function rowSetCondition(schema: TableSchema, set: RowSet, literalOf: KeyLiteral): string {
  const range = rangeCondition(schema, set, literalOf);
  return set.buckets === undefined ? range : `${range} and ${inBuckets(schema, set.buckets)}`;
}
