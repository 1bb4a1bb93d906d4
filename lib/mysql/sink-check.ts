import { randomBytes } from 'node:crypto';
import { toCdcError } from '../errors.ts';
import type { Complaint } from '../replication/complaint.ts';
import type { SinkTable } from '../replication/sink.ts';
import { complain, complaintOf } from '../task/rejection.ts';
import { tableKey } from '../task/task.ts';
import { createBookkeeping, type Bookkeeping } from './bookkeeping.ts';
import type { Dialect } from './dialect.ts';
import { quoteTable } from './identifier.ts';
import type { Session } from './session.ts';
import type { SessionPool } from './session-pool.ts';
import { mismatch } from './sink-columns.ts';
import { ensureDatabase, serverVersion } from './table-setup.ts';

/** Everything that keeps the tables from being written. Without a connection there is only that to complain of. */
export async function checkSink(
  pool: SessionPool,
  dialect: Dialect,
  books: Bookkeeping,
  tables: readonly SinkTable[],
  existingRows: 'refuse' | 'replace',
): Promise<Complaint[]> {
  try {
    const reason = dialect.unsuitable(await pool.use(serverVersion));
    if (reason !== undefined) return [complain('SINK_UNSUPPORTED', 'sinkType', `The sink cannot be used: ${reason}.`)];
  } catch (error) {
    return [complaintOf(toCdcError(error), 'sinkUri')];
  }
  const own = await attempt(pool, 'sinkUri', (session) => createBookkeeping(session, books).then(() => []));
  const databases = new Set(tables.map((table) => table.name.database));
  const found = [...own];
  for (const name of databases) found.push(...(await attempt(pool, 'sinkUri', (s) => checkDatabase(s, name))));
  for (const table of tables) {
    found.push(...(await attempt(pool, 'tables', (s) => checkTable(s, dialect, table, existingRows))));
  }
  return found;
}

/** Each check has its own session, since an error may leave one in an unknown state. */
async function attempt(
  pool: SessionPool,
  setting: string,
  check: (session: Session) => Promise<Complaint[]>,
): Promise<Complaint[]> {
  try {
    return await pool.use(check);
  } catch (error) {
    return [complaintOf(toCdcError(error), setting)];
  }
}

/**
 * Tries what the load will do: rights differ too much between servers to be read from their grants. A database that it
 * creates stays, since dropping it could take a table along that somebody has created meanwhile.
 */
async function checkDatabase(session: Session, database: string): Promise<Complaint[]> {
  await ensureDatabase(session, database);
  const probe = quoteTable({ database, table: `mo_cdc_check_${randomBytes(6).toString('hex')}` });
  await session.query(`create table ${probe} (id int primary key)`);
  await session.query(`insert into ${probe} values (1)`);
  await session.query(`delete from ${probe} where id = 1`);
  await session.query(`drop table ${probe}`);
  return [];
}

async function checkTable(
  session: Session,
  dialect: Dialect,
  table: SinkTable,
  existingRows: 'refuse' | 'replace',
): Promise<Complaint[]> {
  const description = await dialect.describe(session, table.name);
  if (description === undefined) return [];
  const name = tableKey(table.name);
  const reason = mismatch(description, table);
  if (reason !== undefined) return [complain('SINK_TABLE_MISMATCH', 'tables', `${name} does not fit: ${reason}.`)];
  if (existingRows === 'replace') return [];
  const { rows } = await session.query(`select 1 from ${quoteTable(table.name)} limit 1`);
  return rows.length === 0 ? [] : [complain('SINK_TABLE_NOT_EMPTY', 'tables', `${name} has rows already.`)];
}
