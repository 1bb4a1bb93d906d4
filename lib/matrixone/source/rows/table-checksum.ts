import { checksumQuery, readChecksum } from '../../../sql/range-checksum.ts';
import type { Connection } from '../../../wire/connection.ts';
import { carriedColumns, type TableSchema } from '../../../data/change.ts';

/**
 * Count and sums of rows: equal for equal rows in any order. `table`: the table, live or at a pin. A query must not
 * read it at two pins.
 */
export async function tableChecksum(
  connection: Connection,
  schema: TableSchema,
  table: string,
  condition: string,
): Promise<string> {
  const { rows, digest } = readChecksum(
    await connection.query(checksumQuery(table, carriedColumns(schema), condition)),
  );
  return `${rows} ${digest}`;
}
