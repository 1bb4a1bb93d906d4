import { checksumQuery, readChecksum } from '../../../sql/range-checksum.ts';
import type { Session } from '../../../wire/connection.ts';
import { carriedColumns, type TableSchema } from '../../../data/change.ts';

/**
 * Count and sums of rows: equal for equal rows in any order. `table` is the table, at a pin or not; never two of them in
 * one query.
 */
export async function tableChecksum(
  session: Session,
  schema: TableSchema,
  table: string,
  condition: string,
): Promise<string> {
  const { rows, digest } = readChecksum(await session.query(checksumQuery(table, carriedColumns(schema), condition)));
  return `${rows} ${digest}`;
}
