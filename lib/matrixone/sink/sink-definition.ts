import { CdcError, isCdcError } from '../../errors.ts';
import { quoteTable } from '../../sql/identifier.ts';
import { quoteText } from '../../sql/literal.ts';
import type { Connection } from '../../wire/connection.ts';
import type { TableDefinition } from '../../data/table-definition.ts';
import { tableKey, type TableName } from '../../task/task.ts';
import { shownTable } from '../definition/shown-table.ts';
import { tableDefinition } from '../definition/table-catalog.ts';

/**
 * Reads the definition of a sink table; undefined if there is no such base table. A user with rights to the sink tables
 * alone may not read the catalogue. For such a user, reads SHOW CREATE TABLE, and checks its columns against
 * information_schema. That answer loses backslashes in texts and quotes in labels, so the result is only compared, and
 * its names are quoted.
 */
export async function sinkDefinition(connection: Connection, name: TableName): Promise<TableDefinition | undefined> {
  try {
    return await tableDefinition(connection, name, '');
  } catch (error) {
    if (isCdcError(error, 'TABLE_KIND_UNSUPPORTED')) return undefined;
    if (!isCdcError(error, 'SINK_PRIVILEGE')) throw error;
    return await shownDefinition(connection, name);
  }
}

async function shownDefinition(connection: Connection, name: TableName): Promise<TableDefinition | undefined> {
  const listed = await connection.query(`select column_name from information_schema.columns
    where table_schema = ${quoteText(name.database)} and table_name = ${quoteText(name.table)}
    order by ordinal_position`);
  const columns = listed.rows.map(([column]) => column?.toString('utf8') ?? '').filter((c) => !c.startsWith('__mo_'));
  if (columns.length === 0) return undefined;
  if (name.table.includes('"')) throw cannotDescribe(name, 'SHOW CREATE TABLE fails for a name with double quotes');
  const { rows } = await connection.query(`show create table ${quoteTable(name)}`);
  const text = rows[0]?.[1]?.toString('utf8') ?? '';
  if (!/^create (?:temporary )?table\b/iu.test(text)) return undefined;
  const shown = shownTable(text, false);
  if (JSON.stringify(shown.columns.map((column) => column.name)) === JSON.stringify(columns)) return shown;
  throw cannotDescribe(name, 'SHOW CREATE TABLE does not list the columns that it has');
}

const cannotDescribe = (name: TableName, why: string): CdcError =>
  new CdcError(
    'SINK_TABLE_MISMATCH',
    `The sink table ${tableKey(name)} cannot be described by a user who may not read mo_catalog: ${why}.`,
  );
