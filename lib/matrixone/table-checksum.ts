import { baseType } from '../mysql/column-type.ts';
import { quoteName } from '../mysql/identifier.ts';
import type { Session } from '../mysql/session.ts';
import { carriedColumns, type Column, type TableSchema } from '../replication/change.ts';

/**
 * Count and sums of rows: equal for equal rows in any order, and different for different ones but by a chance of 1 to
 * 2^64. Sums, since of two equal rows an exclusive or has nothing left. MatrixOne's SUM of CRC32s is exact up to 2^32
 * rows, and fails above. `table` is the table, at a pin or not; never two of them in one query.
 */
export async function tableChecksum(
  session: Session,
  schema: TableSchema,
  table: string,
  condition: string,
): Promise<string> {
  const { rows } = await session.query(
    `select count(*), sum(crc32(left(d, 16))), sum(crc32(right(d, 16)))
     from (select ${rowDigest(schema)} as d from ${table} where ${condition}) as digests`,
  );
  return (rows[0] ?? []).map(String).join(' ');
}

/**
 * The halves of an MD5 are independent of each other. `serial_full`, which MatrixOne makes index entries by, writes
 * values of every type one after the other, tagged and ended, NULL among them: different rows, different texts.
 */
const rowDigest = (schema: TableSchema): string => `md5(serial_full(${carriedColumns(schema).map(packed).join(', ')}))`;

/** Not known to serial_full in 4.2.0: decimals of more than 38 digits. */
function packed({ name, type }: Column): string {
  const digits = Number(/^(?:decimal|numeric|dec)\s*\(\s*(\d+)/u.exec(type)?.[1] ?? 0);
  return digits > 38 || baseType(type) === 'decimal256' ? `cast(${quoteName(name)} as char)` : quoteName(name);
}
