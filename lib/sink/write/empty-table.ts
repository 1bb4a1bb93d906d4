import { quoteTable } from '../../sql/identifier.ts';
import type { TableName } from '../../task/task.ts';
import type { Connection } from '../../wire/connection.ts';
import type { ConnectionPool } from '../../wire/connection-pool.ts';
import type { Fence } from '../bookkeeping/fence.ts';

/** Rows of one transaction, on a server that looks at every row that it deletes. */
const PORTION_ROWS = 50_000;

/**
 * Empties a table before it is loaded again: in portions, each a transaction of the fence, so that no transaction goes
 * over a whole large table. A later worker goes on with the rows that are left. The caller's own transaction still has
 * to delete what has come meanwhile.
 */
export async function emptyInPortions(
  pool: Pick<ConnectionPool, 'use'>,
  fence: Pick<Fence, 'write'>,
  name: TableName,
  portion = PORTION_ROWS,
): Promise<void> {
  const sql = `delete from ${quoteTable(name)} limit ${portion}`;
  const one = (connection: Connection): Promise<number> =>
    fence.write(connection, undefined, async () => (await connection.query(sql)).affectedRows);
  for (;;) if ((await pool.use(one)) < portion) return;
}
