import { CdcError } from '../../errors.ts';
import { quoteText } from '../../sql/literal.ts';
import type { Connection } from '../../wire/connection.ts';
import type { Value } from '../../data/change.ts';
import type { TableDefinition } from '../../data/table-definition.ts';
import { tableKey, type TableName } from '../../task/task.ts';
import { type ColumnRecord, assembled } from './stored-table.ts';
import { storedPartitions } from './stored-partitions.ts';

/**
 * Reads a table's definition from the server's catalogue, at a pin (`hint`) or live; undefined if there is no such
 * table. Never uses SHOW CREATE TABLE: MatrixOne 4.2.0 prints backslashes unescaped there, so the text of a default or
 * a comment may run on as SQL, and the server itself runs its answer as a query.
 *
 * Throws TABLE_NAME_UNSUPPORTED, TABLE_KIND_UNSUPPORTED or TABLE_DEFINITION_UNSUPPORTED.
 */
export async function tableDefinition(
  connection: Connection,
  table: TableName,
  hint: string,
): Promise<TableDefinition | undefined> {
  const { rows } = await connection.query(
    `select rel_id, relkind, partitioned, rel_comment, hex(\`constraint\`), hex(extra_info), reldatabase, relname
     from mo_catalog.mo_tables${hint} where account_id = current_account_id()
     and lower(reldatabase) = lower(${quoteText(table.database)}) and lower(relname) = lower(${quoteText(table.table)})`,
  );
  if (rows.length > 1) {
    const why = 'the server has several of the same letters';
    throw new CdcError('TABLE_NAME_UNSUPPORTED', `The table ${tableKey(table)} cannot be told from others: ${why}.`);
  }
  const [row] = rows;
  if (row === undefined) return undefined;
  const [id, kind, partitioned, comment, constraints, extra, database, name] = row;
  if (text(kind) !== 'r') throw new CdcError('TABLE_KIND_UNSUPPORTED', `${tableKey(table)} is not a base table.`);
  const columns = await columnRecords(connection, { database: text(database), table: text(name) }, text(id), hint);
  const parts = { comment: text(comment), constraints: bytes(constraints), extra: bytes(extra) };
  const definition = understood(table, () => assembled(columns, parts));
  if (Number(text(partitioned)) === 0) return definition;
  const names = definition.columns.map((column) => column.name);
  const partitioning = await storedPartitions(connection, text(id), hint, names);
  if (partitioning !== undefined) return { ...definition, partitioning };
  return { ...definition, notUnderstood: [...(definition.notUnderstood ?? []), 'its partitions'] };
}

async function columnRecords(
  connection: Connection,
  { database, table }: TableName,
  id: string,
  hint: string,
): Promise<ColumnRecord[]> {
  const { rows } = await connection.query(
    `select attname, hex(atttyp), attr_enum, attnotnull, hex(att_default), hex(attr_update), att_is_auto_increment,
       att_comment, att_is_hidden, attr_has_generated, hex(attr_generated), attr_is_clusterby, atthasdef, attr_has_update
     from mo_catalog.mo_columns${hint} where account_id = current_account_id()
     and att_database = ${quoteText(database)} and att_relname = ${quoteText(table)} and att_relname_id = ${id}
     order by attnum`,
  );
  return rows.map((row) => ({
    name: text(row[0]),
    type: bytes(row[1]),
    metadata: text(row[2]),
    notNull: flag(row[3]),
    default: flag(row[12]) ? bytes(row[4]) : Buffer.alloc(0),
    onUpdate: flag(row[13]) ? bytes(row[5]) : Buffer.alloc(0),
    autoIncrement: flag(row[6]),
    comment: text(row[7]),
    hidden: flag(row[8]),
    generation: flag(row[9]) ? bytes(row[10]) : undefined,
    clusterBy: flag(row[11]),
  }));
}

const text = (value: Value | undefined): string => value?.toString('utf8') ?? '';
const bytes = (value: Value | undefined): Buffer => Buffer.from(text(value), 'hex');
const flag = (value: Value | undefined): boolean => Number(text(value)) !== 0;

/** Refuses records of an unknown form, which another version may write. */
function understood<T>(table: TableName, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const why = `the server's record of it is of a form that is not known (${error.message})`;
    throw new CdcError('TABLE_DEFINITION_UNSUPPORTED', `The table ${tableKey(table)} cannot be described: ${why}.`, {
      cause: error,
    });
  }
}
