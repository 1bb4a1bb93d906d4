import { CdcError, isCdcError } from '../../errors.ts';
import type { SinkTable } from '../../replication/endpoints/sink-tables.ts';
import { tableKey } from '../../task/task.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { quoteName, quoteTable } from '../../sql/identifier.ts';
import { quoteText } from '../../sql/literal.ts';
import { oneStatement } from '../../sql/one-statement.ts';
import type { Connection } from '../../wire/connection.ts';
import { serverVersion } from '../../wire/server-version.ts';
import { mismatch, mismatchError } from './sink-columns.ts';

/** A connection that creates and alters tables. */
export interface Altering {
  readonly connection: Connection;
  /** Runs a statement that changes something, unless a newer worker holds the fence. */
  run(sql: string): Promise<void>;
}

/** Creates database and table if they are missing, and checks that the table can take the rows. */
export async function ensureTable(at: Altering, dialect: Dialect, table: SinkTable): Promise<void> {
  refuseUnfit(dialect, table);
  const { connection } = at;
  let description = await dialect.describe(connection, table.name);
  if (description === undefined) {
    await ensureDatabase(connection, table.name.database);
    await create(at, dialect, table);
    description = await dialect.describe(connection, table.name);
  }
  const reason = description === undefined ? await unseen(connection, table) : mismatch(description, table);
  if (reason !== undefined) throw mismatchError(table, reason);
}

export function refuseUnfit(dialect: Dialect, table: SinkTable): void {
  const unfit = dialect.unfitNames(table.name, table.schema);
  if (unfit !== undefined) throw new CdcError('SINK_TABLE_UNSUPPORTED', unfitText(table, unfit));
}

export const unfitText = ({ name }: SinkTable, reason: string): string =>
  `The sink cannot have the table ${tableKey(name)}: ${reason}.`;

/** If a server refuses a name or a length, it reports the same error as for a value it refuses. */
async function create(at: Altering, dialect: Dialect, { name, schema }: SinkTable): Promise<void> {
  const sql = dialect.createTable(name, schema, await serverVersion(at.connection));
  try {
    await at.run(sql);
  } catch (error) {
    const doubt = dialect.doubtfulNames(name);
    if (doubt !== undefined && isCdcError(error, 'SINK_ERROR')) {
      const text = `${unfitText({ name, schema }, doubt)} ${error.message}`;
      throw new CdcError('SINK_TABLE_UNSUPPORTED', text, { cause: error.cause });
    }
    if (!isCdcError(error, 'SINK_ROW_REJECTED')) throw error;
    throw new CdcError('SINK_TABLE_UNSUPPORTED', error.message, { cause: error.cause });
  }
}

/** Catalogues omit tables that the user has no right to. A query of the table gets the server's own error. */
async function unseen(connection: Connection, { name }: SinkTable): Promise<string> {
  await connection.query(`select 1 from ${quoteTable(name)} limit 0`);
  return 'it is not a base table';
}

/** Creates the database if it is missing. A user without the right to create one may use one that exists. */
export async function ensureDatabase(connection: Connection, database: string): Promise<void> {
  if (await databaseExists(connection, database)) return;
  try {
    await connection.query(oneStatement(`create database if not exists ${quoteName(database)}`));
  } catch (error) {
    if (!isCdcError(error, 'SINK_PRIVILEGE')) throw error;
    throw new CdcError(
      'SINK_DATABASE_MISSING',
      `The sink has no database ${database} that its user may see, and ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

async function databaseExists(connection: Connection, database: string): Promise<boolean> {
  const { rows } = await connection.query(
    `select 1 from information_schema.schemata where schema_name = ${quoteText(database)}`,
  );
  return rows.length > 0;
}
