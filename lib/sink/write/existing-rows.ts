import { CdcError } from '../../errors.ts';
import type { SinkTable } from '../../replication/endpoints/sink-tables.ts';
import { quoteTable } from '../../sql/identifier.ts';
import { tableKey, type TableName } from '../../task/task.ts';
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

/** SINK_TABLE_NOT_EMPTY when the table has rows. */
export async function refuseRows(connection: Connection, table: SinkTable): Promise<void> {
  const { rows } = await connection.query(`select 1 from ${quoteTable(table.name)} limit 1`);
  if (rows.length === 0) return;
  throw new CdcError('SINK_TABLE_NOT_EMPTY', `The sink table ${tableKey(table.name)} has rows already.`);
}
