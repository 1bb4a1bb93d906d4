import { carriedColumns, type Column } from '../data/change.ts';
import type { SinkTable } from '../replication/endpoints/sink-tables.ts';
import type { RangeChecksum } from '../replication/endpoints/source.ts';
import { quoteName } from './identifier.ts';
import { isWideDecimal, valueKind } from './column-type.ts';
import type { ResultSet } from '../wire/connection.ts';

/** Geometries with coordinates of 32 bits, which concat does not take either. */
const FLOAT32 = /^\w+32\b/u;

/**
 * The query for a checksum of the rows of `from` (a table, live or at a snapshot) that meet the condition. It returns
 * one row: the number of rows, and two sums over 120 of the 128 bits of each row's MD5. Sums, because in an XOR two
 * equal rows would cancel each other out.
 *
 * `serial_full` is MatrixOne's own encoding of composite keys. It packs values of any type as they are stored, each
 * with its type and its end marked, NULL included, so no two different rows look alike. Casts to text would not do:
 * they strip the quotes of a JSON string and the end of long texts (`jsonToStr`, `strToStr` in func_cast.go, 4.2.0).
 */
export function checksumQuery(from: string, columns: readonly Column[], condition: string): string {
  return `select count(*), ${sumOf(1)}, ${sumOf(17)} from (
    select md5(serial_full(${columns.map(packed).join(', ')})) as h from ${from} where ${condition}) as r`;
}

/** Uses 60 bits a row, so that the sum fits a DECIMAL. */
const sumOf = (first: number): string => `sum(cast(conv(substring(h, ${first}, 15), 16, 10) as unsigned))`;

/** Packs a value as text if serial_full has no code for its type (4.2.0). The text is exact for these types. */
export function packed({ name, type }: Column): string {
  if (isWideDecimal(type)) return `concat(${quoteName(name)}, '')`;
  return valueKind(type) === 'geometry' && FLOAT32.test(type) ? `cast(${quoteName(name)} as char)` : quoteName(name);
}

/**
 * Does the sink store values of these columns as the source does? `types`: the sink's types by lower-case name. If not,
 * the same bytes may be another value, for example in decimals of another scale.
 */
export const sameStored = ({ schema }: SinkTable, types: ReadonlyMap<string, string>): boolean =>
  carriedColumns(schema).every(({ name, type }) => storage(type) === storage(types.get(name.toLowerCase()) ?? ''));

/** The labels themselves are packed, so their declarations, which servers print differently, do not matter. */
const storage = (type: string): string => /^(?:enum|set)\b/u.exec(type)?.[0] ?? type;

export function readChecksum({ rows }: Pick<ResultSet, 'rows'>): RangeChecksum {
  const [count = '', ...sums] = (rows[0] ?? []).map((value) => value?.toString('latin1') ?? '0');
  return { rows: Number(count), digest: sums.join('-') };
}
