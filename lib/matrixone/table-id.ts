import { CdcError } from '../errors.ts';
import { quoteText } from '../mysql/literal.ts';
import type { Session } from '../mysql/session.ts';
import type { Pin } from '../replication/position.ts';
import { tableKey, type TableName } from '../task/task.ts';
import { pinHint } from './pins.ts';

/**
 * The table's `rel_id` at a pin. `data branch diff` across a TRUNCATE, or a DROP and CREATE, does not fail: it reports
 * the rows that only the old table has as INSERT (seen on 4.2.0). Only this number tells the two tables apart.
 */
export async function tableId(session: Session, { database, table }: TableName, at: Pin): Promise<string> {
  const { rows } = await session.query(
    `select rel_id from mo_catalog.mo_tables${pinHint(at)}
     where account_id = current_account_id()
       and lower(reldatabase) = lower(${quoteText(database)}) and lower(relname) = lower(${quoteText(table)})`,
  );
  const id = rows[0]?.[0]?.toString('latin1');
  if (id !== undefined) return id;
  throw new CdcError('SOURCE_TABLE_MISSING', `The source does not list the table ${tableKey({ database, table })}.`);
}
