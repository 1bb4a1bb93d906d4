import { carriedColumns, type Column } from '../data/change.ts';
import type { SinkTable } from '../replication/endpoints/sink-tables.ts';
import type { RangeChecksum } from '../replication/endpoints/source.ts';
import { quoteName } from './identifier.ts';
import { isWideDecimal, valueKind } from './column-type.ts';
import type { ResultSet } from '../wire/connection.ts';

/** Geometries of 32 bits a coordinate, which concat does not take either. */
const FLOAT32 = /^\w+32\b/u;

/**
 * One row that sums up the rows of `from` (a table, at a snapshot or not) that meet the condition: their number, and
 * two sums over 120 of the 128 bits of each row's MD5. Sums, since two equal rows would cancel each other out in an XOR.
 *
 * `serial_full` is MatrixOne's own encoding of composite keys: it packs values of any type as they are stored, each with
 * its type and its end marked, NULL included, so that no two different rows look alike. Casts to text would not do: of a
 * JSON string they take off the quotes, of long texts the end (`jsonToStr`, `strToStr` in func_cast.go, 4.2.0).
 */
export function checksumQuery(from: string, columns: readonly Column[], condition: string): string {
  return `select count(*), ${sumOf(1)}, ${sumOf(17)} from (
    select md5(serial_full(${columns.map(packed).join(', ')})) as h from ${from} where ${condition}) as r`;
}

/** 60 bits a row: what they add up to exceeds no DECIMAL. */
const sumOf = (first: number): string => `sum(cast(conv(substring(h, ${first}, 15), 16, 10) as unsigned))`;

/** As text where serial_full has no code for the type (4.2.0), and the text says all. */
export function packed({ name, type }: Column): string {
  if (isWideDecimal(type)) return `concat(${quoteName(name)}, '')`;
  return valueKind(type) === 'geometry' && FLOAT32.test(type) ? `cast(${quoteName(name)} as char)` : quoteName(name);
}

/**
 * Are values of these columns stored alike at the sink, given its types by lower-case name? Else the same bytes might be
 * another value, as of decimals of another scale.
 */
export const sameStored = ({ schema }: SinkTable, types: ReadonlyMap<string, string>): boolean =>
  carriedColumns(schema).every(({ name, type }) => storage(type) === storage(types.get(name.toLowerCase()) ?? ''));

/** Labels are packed themselves, so that their declarations, which are printed in different ways, do not matter. */
const storage = (type: string): string => /^(?:enum|set)\b/u.exec(type)?.[0] ?? type;

export function readChecksum({ rows }: Pick<ResultSet, 'rows'>): RangeChecksum {
  const [count = '', ...sums] = (rows[0] ?? []).map((value) => value?.toString('latin1') ?? '0');
  return { rows: Number(count), digest: sums.join('-') };
}
