import { CdcError } from '../errors.ts';
import type { TableSchema } from '../replication/change.ts';
import { baseType } from '../mysql/column-type.ts';
import { tableKey, type TableName } from '../task/task.ts';
import { parseCreateTable, type ParsedTable } from './create-table-parser.ts';

/** Types whose text form cannot be written back as it is read. */
const UNSUPPORTED =
  /^(?:geometry|geography|point|linestring|polygon|multipoint|multilinestring|multipolygon|geometrycollection)/u;

/** A source table as the engine sees it; throws for what cannot be replicated. */
export function tableSchema(table: TableName, id: string, definition: string): TableSchema {
  const parsed = parseCreateTable(definition);
  const name = tableKey(table);
  if (parsed === undefined) throw new CdcError('TABLE_KIND_UNSUPPORTED', `${name} is not a base table.`);
  if (parsed.key.length === 0) throw new CdcError('TABLE_WITHOUT_KEY', `The table ${name} has no primary key.`);
  refuseTypes(name, parsed);
  return {
    table,
    id,
    columns: parsed.columns.map(({ name, type, nullable, generated }) => ({ name, type, nullable, generated })),
    key: parsed.key,
    hasUniqueKeys: parsed.indexes.some((index) => index.kind === 'unique'),
    definition,
  };
}

function refuseTypes(name: string, { columns, key }: ParsedTable): void {
  const refused = columns.filter((column) => UNSUPPORTED.test(baseType(column.type)));
  if (refused.length > 0) {
    const list = refused.map((column) => `${column.name} (${column.type})`).join(', ');
    throw new CdcError('TYPE_UNSUPPORTED', `The table ${name} has columns of types that are not replicated: ${list}.`);
  }
  const computed = columns.filter((column) => column.generated && key.includes(column.name));
  if (computed.length === 0) return;
  throw new CdcError('TYPE_UNSUPPORTED', `The key of ${name} is computed: ${computed.map((c) => c.name).join(', ')}.`);
}
