import { CdcError } from '../errors.ts';
import type { TableSchema } from '../replication/change.ts';
import { typeRefusal } from '../mysql/column-type.ts';
import { tableKey, type TableName } from '../task/task.ts';
import { parseCreateTable, type ParsedTable } from './create-table-parser.ts';

/**
 * Types of keys that changes get lost by. `data branch diff` leaves deletions out of tables whose key has fractions of
 * a second, and sometimes those of a bool key (seen on 4.2.0). A FLOAT is not equal to the number that it is shown as,
 * and a MatrixOne sink cannot find BIT keys.
 */
const UNSUPPORTED_KEY = /^(?:(?:datetime|timestamp|time)\s*\(\s*[1-9]|(?:bool|boolean|float|bit)\b)/u;

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
  const refused = columns.flatMap((column) => {
    const reason = typeRefusal(column.type);
    return reason === undefined ? [] : [`${column.name} (${column.type}: ${reason})`];
  });
  if (refused.length > 0) {
    const list = refused.join(', ');
    throw new CdcError('TYPE_UNSUPPORTED', `The table ${name} has columns of types that are not replicated: ${list}.`);
  }
  const keys = columns.filter((column) => key.includes(column.name));
  const computed = keys.filter((column) => column.generated).map((column) => column.name);
  if (computed.length > 0) {
    throw new CdcError('TYPE_UNSUPPORTED', `The key of ${name} is computed: ${computed.join(', ')}.`);
  }
  const lossy = keys.filter((column) => UNSUPPORTED_KEY.test(column.type));
  if (lossy.length === 0) return;
  const list = lossy.map((column) => `${column.name} (${column.type})`).join(', ');
  throw new CdcError('TYPE_UNSUPPORTED', `Changes of ${name} would be missed because of the type of its key: ${list}.`);
}
