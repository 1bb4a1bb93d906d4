import { CdcError } from '../errors.ts';
import type { Column, TableSchema } from '../replication/change.ts';
import { typeRefusal } from '../mysql/column-type.ts';
import { tableKey, type TableName } from '../task/task.ts';
import { parseCreateTable, type ParsedTable } from './create-table-parser.ts';
import { keyColumns, lossyColumns, rowKey, type TableRules, unfindableColumns, USUAL_RULES } from './table-rules.ts';

/** A source table as the engine sees it; throws for what cannot be replicated under these rules. */
export function tableSchema(
  table: TableName,
  id: string,
  definition: string,
  rules: TableRules = USUAL_RULES,
): TableSchema {
  const parsed = parseCreateTable(definition);
  const name = tableKey(table);
  if (parsed === undefined) throw new CdcError('TABLE_KIND_UNSUPPORTED', `${name} is not a base table.`);
  refuseKeys(name, parsed, rules);
  refuseTypes(name, parsed);
  const key = rowKey(parsed);
  return {
    table,
    id,
    columns: parsed.columns.map(({ name, type, nullable, generated }) => ({ name, type, nullable, generated })),
    key,
    hasUniqueKeys: parsed.indexes.some((index) => index.kind === 'unique' && index.columns.join() !== key.join()),
    definition,
  };
}

/** `data branch diff` alone, if nothing else is allowed, cannot read tables that go by another key than the primary one. */
function refuseKeys(name: string, table: ParsedTable, { changeReader, withoutKey }: TableRules): void {
  if (table.key.length === 0 && changeReader === 'diff') {
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

function refuseTypes(name: string, table: ParsedTable): void {
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
