import { CdcError } from '../../errors.ts';
import type { Column, TableSchema } from '../../data/change.ts';
import { isOfColumns, type TableDefinition } from '../../data/table-definition.ts';
import { typeRefusal } from '../../sql/column-type.ts';
import { tableKey, type TableName } from '../../task/task.ts';
import { keyColumns, lossyColumns, rowKey, type TableRules, unfindableColumns, USUAL_RULES } from './table-rules.ts';

/**
 * Returns a source table as the engine uses it. Throws TABLE_NAME_UNSUPPORTED, TABLE_WITHOUT_KEY or TYPE_UNSUPPORTED if
 * it cannot be replicated under these rules.
 */
export function tableSchema(
  table: TableName,
  id: string,
  definition: TableDefinition,
  rules: TableRules = USUAL_RULES,
): TableSchema {
  const { columns, primaryKey, ...details } = definition;
  const name = tableKey(table);
  refuseNames(name, table, definition);
  refuseKeys(name, definition, rules);
  refuseTypes(name, definition);
  const key = rowKey(definition);
  return {
    table,
    id,
    columns,
    key,
    hasPrimaryKey: primaryKey.length > 0,
    hasUniqueKeys: details.indexes.some((index) => index.kind === 'unique' && !isOfColumns(index.parts, key)),
    details,
  };
}

/** All of MatrixOne 4.2.0 crashes when such a table is read or compared. */
function refuseNames(name: string, { database, table }: TableName, definition: TableDefinition): void {
  const columns = definition.columns.map((column) => column.name);
  const deadly = [
    ...keyColumns(definition)
      .map((column) => column.name)
      .filter((column) => /[\\İ]/u.test(column)),
    ...[database, table, ...columns].filter((each) => each.toLowerCase().includes('{snapshot')),
  ];
  if (deadly.length === 0) return;
  const why = 'MatrixOne goes down when a table with such a name is read';
  throw new CdcError('TABLE_NAME_UNSUPPORTED', `The table ${name} cannot be read: ${why}: ${deadly.join(', ')}.`);
}

/** If `data branch diff` is the only reader allowed, the table needs a primary key. */
function refuseKeys(name: string, table: TableDefinition, { changeReader, withoutKey }: TableRules): void {
  if (table.primaryKey.length === 0 && changeReader === 'diff') {
    throw new CdcError('TABLE_WITHOUT_KEY', `The table ${name} has no primary key.`);
  }
  if (rowKey(table).length === 0 && withoutKey === 'refuse') {
    throw new CdcError('TABLE_WITHOUT_KEY', `The table ${name} has no primary key, and no unique one without NULLs.`);
  }
  const lossy = [...(changeReader === 'diff' ? lossyColumns(table) : []), ...unfindableColumns(table)];
  if (lossy.length === 0) return;
  const why = `Changes of ${name} would be missed because of the type of its key`;
  throw new CdcError('TYPE_UNSUPPORTED', `${why}: ${listed(lossy)}.`);
}

function refuseTypes(name: string, table: TableDefinition): void {
  const refused = table.columns.flatMap((column) => {
    const reason = typeRefusal(column.type);
    return reason === undefined ? [] : [`${column.name} (${column.type}: ${reason})`];
  });
  if (refused.length > 0) {
    const what = `The table ${name} has columns of types that are not replicated`;
    throw new CdcError('TYPE_UNSUPPORTED', `${what}: ${refused.join(', ')}.`);
  }
  const computed = keyColumns(table).filter((column) => column.generated);
  if (computed.length === 0) return;
  const names = computed.map((column) => column.name).join(', ');
  throw new CdcError('TYPE_UNSUPPORTED', `The key of ${name} is computed: ${names}.`);
}

const listed = (columns: readonly Column[]): string => columns.map(({ name, type }) => `${name} (${type})`).join(', ');
