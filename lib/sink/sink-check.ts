import { randomBytes } from 'node:crypto';
import { isCdcError, toCdcError } from '../errors.ts';
import { type Complaint, complain, complaintOf } from '../task/rejection.ts';
import type { SinkTable } from '../replication/endpoints/sink-tables.ts';
import { tableKey } from '../task/task.ts';
import { ensureBookkeeping, type Bookkeeping } from './bookkeeping/bookkeeping.ts';
import type { Dialect, SinkDescription } from './dialect/dialect.ts';
import { quoteTable } from '../sql/identifier.ts';
import { oneStatement } from '../sql/one-statement.ts';
import type { Connection } from '../wire/connection.ts';
import type { ConnectionPool } from '../wire/connection-pool.ts';
import { mismatch } from './schema/sink-columns.ts';
import { takenText } from '../data/taken-table.ts';
import { TableOwners } from './bookkeeping/table-owners.ts';
import { serverVersion } from '../wire/server-version.ts';
import { ensureDatabase, unfitText } from './schema/table-setup.ts';

/** Lists everything that keeps the tables from being written. Without a connection, that is the only complaint. */
export async function checkSink(
  pool: ConnectionPool,
  dialect: Dialect,
  books: Bookkeeping,
  tables: readonly SinkTable[],
  existingRows: 'refuse' | 'replace',
): Promise<Complaint[]> {
  let version: string;
  try {
    version = await pool.use(serverVersion);
  } catch (error) {
    return [complaintOf(toCdcError(error), isCdcError(error, 'SINK_UNSUPPORTED') ? 'sinkType' : 'sinkUri')];
  }
  const found = await attempt(pool, 'sinkUri', (connection) => checkBookkeeping(connection, books));
  const mayTry = found.length === 0;
  if (mayTry) found.push(...(await attempt(pool, 'tables', (connection) => checkOwners(connection, books, tables))));
  const toCreate = new Set<string>();
  for (const table of tables) {
    const unfit = dialect.unfitNames(table.name, table.schema);
    if (unfit !== undefined) {
      found.push(complain('SINK_TABLE_UNSUPPORTED', 'tables', unfitText(table, unfit)));
      continue;
    }
    const check = async (connection: Connection): Promise<Complaint[]> => {
      const description = await dialect.describe(connection, table.name);
      if (description !== undefined) return checkTable(connection, description, table, existingRows);
      toCreate.add(table.name.database);
      const trial = mayTry ? dialect.trialTable?.(books.stage(0), table.schema, version) : undefined;
      if (trial !== undefined) await tryTable(connection, trial, books.stage(0));
      return [];
    };
    found.push(...(await attempt(pool, 'tables', check, tableKey(table.name))));
  }
  for (const database of toCreate) {
    found.push(...(await attempt(pool, 'sinkUri', (connection) => checkDatabase(connection, database), database)));
  }
  return found;
}

/** Checks that fences, plans and temporary tables of large batches can be made. */
async function checkBookkeeping(connection: Connection, books: Bookkeeping): Promise<Complaint[]> {
  await ensureBookkeeping(connection, books);
  await connection.query(`create temporary table ${books.stage(0)} (id int primary key)`);
  await connection.query(`drop temporary table ${books.stage(0)}`);
  return [];
}

/** Two tasks that write to one table undo each other's changes. */
async function checkOwners(
  connection: Connection,
  books: Bookkeeping,
  tables: readonly SinkTable[],
): Promise<Complaint[]> {
  if (tables.length === 0) return [];
  const names = tables.map(({ name }) => name);
  const taken = await new TableOwners(books).taken(connection, names);
  return taken.map((each) => complain('SINK_TABLE_TAKEN', 'tables', takenText(each)));
}

/** Each check uses a connection of its own, since an error may leave a session in an unknown state. */
async function attempt(
  pool: ConnectionPool,
  setting: string,
  check: (connection: Connection) => Promise<Complaint[]>,
  subject?: string,
): Promise<Complaint[]> {
  try {
    return await pool.use(check);
  } catch (error) {
    const { code, message } = toCdcError(error);
    return [complain(code, setting, subject === undefined ? message : `${subject}: ${message}`)];
  }
}

/** Only the server knows for certain whether it can have a table: keys or rows may be too long for it. */
async function tryTable(connection: Connection, trial: string, name: string): Promise<void> {
  await connection.query(oneStatement(trial));
  await connection.query(`drop temporary table ${name}`);
}

/**
 * Tries what the load will do, because grants differ too much between servers to be read. A database that it creates
 * stays: somebody may have created a table in it meanwhile.
 */
async function checkDatabase(connection: Connection, database: string): Promise<Complaint[]> {
  await ensureDatabase(connection, database);
  const probe = quoteTable({ database, table: `mo_cdc_check_${randomBytes(6).toString('hex')}` });
  await connection.query(`create table ${probe} (id int primary key)`);
  try {
    await connection.query(`insert into ${probe} values (1)`);
    await connection.query(`delete from ${probe} where id = 1`);
  } finally {
    if (connection.alive) await connection.query(`drop table ${probe}`);
  }
  return [];
}

async function checkTable(
  connection: Connection,
  description: SinkDescription,
  table: SinkTable,
  existingRows: 'refuse' | 'replace',
): Promise<Complaint[]> {
  const name = tableKey(table.name);
  const reason = mismatch(description, table);
  if (reason !== undefined) return [complain('SINK_TABLE_MISMATCH', 'tables', `${name} does not fit: ${reason}.`)];
  if (existingRows === 'replace') return [];
  const { rows } = await connection.query(`select 1 from ${quoteTable(table.name)} limit 1`);
  return rows.length === 0 ? [] : [complain('SINK_TABLE_NOT_EMPTY', 'tables', `${name} has rows already.`)];
}
