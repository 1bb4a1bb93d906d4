import { CdcError } from '../errors.ts';
import type { TableSchema } from '../replication/change.ts';
import type { ColumnLine, IndexLine } from '../mysql/dialect.ts';
import { quoteNames, quoteTable } from '../mysql/identifier.ts';
import { quoteText } from '../mysql/literal.ts';
import { tableKey, type TableName } from '../task/task.ts';
import { parseCreateTable, type ParsedColumn, type ParsedIndex } from './create-table-parser.ts';

/**
 * The source's own definition under another name. Left out are foreign keys (their tables may not be replicated) and
 * comments are quoted anew, because MatrixOne prints them without escaping their quotes.
 */
export function createTableForMatrixone(name: TableName, schema: TableSchema): string {
  const table = parseCreateTable(schema.definition);
  if (table === undefined) {
    throw new CdcError('TABLE_KIND_UNSUPPORTED', `${tableKey(schema.table)} is not a base table.`);
  }
  const { key } = schema;
  const primary = key.length === 0 ? [] : [`PRIMARY KEY (${quoteNames(key)})`];
  // The unique key that a table without a primary one goes by is the primary one of the sink table.
  const others = table.indexes.filter(({ kind, columns }) => kind !== 'unique' || columns.join() !== key.join());
  const indexes = others.map((index) => index.definition);
  const items = [...table.columns.map(columnLine), ...primary, ...indexes, ...table.checks];
  const comment = table.comment === undefined ? '' : ` COMMENT=${quoteText(table.comment)}`;
  const options = table.options === '' ? '' : ` ${table.options}`;
  return `CREATE TABLE IF NOT EXISTS ${quoteTable(name)} (\n  ${items.join(',\n  ')}\n)${comment}${options}`;
}

export const columnLinesForMatrixone = (schema: TableSchema): ColumnLine[] =>
  (parseCreateTable(schema.definition)?.columns ?? []).map((column) => ({ ...column, line: columnLine(column) }));

/** Full-text and vector indexes depend on what the server of the sink is set up for. */
export const indexLinesForMatrixone = (schema: TableSchema): { lines: IndexLine[]; left: string[] } => ({
  lines: (parseCreateTable(schema.definition)?.indexes ?? []).map((index) => ({
    name: index.name,
    signature: indexSignature(index),
    line: index.definition,
    optional: index.kind === 'special',
  })),
  left: [],
});

export const indexSignature = ({ definition }: ParsedIndex): string =>
  definition.replaceAll(/\s+/gu, ' ').trim().toLowerCase();

/** A key declared in place is written once only, at the end. */
const columnLine = ({ declaration, comment }: ParsedColumn): string =>
  `${declaration}${comment === undefined ? '' : ` COMMENT ${quoteText(comment)}`}`;
