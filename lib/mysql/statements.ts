import { carriedColumns, keyIndexes, type Row, type TableSchema } from '../replication/change.ts';
import { quoteNames } from './identifier.ts';
import { literalOf, type Literal } from './literal.ts';

const STATEMENT_CHARACTERS = 1_000_000;

/** Statements of the form `head item, item, … tail`, each about a megabyte at most (or one item). */
export function* statements(head: string, items: Iterable<string>, tail = ''): Generator<string> {
  let parts: string[] = [];
  let size = 0;
  for (const item of items) {
    if (parts.length > 0 && size + item.length > STATEMENT_CHARACTERS) {
      yield `${head}${parts.join(',')}${tail}`;
      parts = [];
      size = 0;
    }
    parts.push(item);
    size += item.length + 1;
  }
  if (parts.length > 0) yield `${head}${parts.join(',')}${tail}`;
}

const tuple = (literals: readonly Literal[], values: Row): string =>
  `(${literals.map((literal, i) => literal(values[i] ?? null)).join(',')})`;

/** Multi-row INSERTs of rows in the order of the carried columns. `target` is a quoted name. */
export function insertStatements(target: string, schema: TableSchema, rows: readonly Row[]): Iterable<string> {
  const columns = carriedColumns(schema);
  const literals = columns.map((column) => literalOf(column.type));
  const head = `insert into ${target} (${quoteNames(columns.map((c) => c.name))}) values `;
  return statements(
    head,
    rows.map((row) => tuple(literals, row)),
  );
}

/** DELETEs of the rows that have the keys of these rows. */
export function deleteStatements(target: string, schema: TableSchema, rows: readonly Row[]): Iterable<string> {
  const columns = carriedColumns(schema);
  const indexes = keyIndexes(schema);
  const literals = indexes.map((i) => literalOf(columns[i]?.type ?? 'text'));
  const keys = rows.map((row) => indexes.map((i) => row[i] ?? null));
  const single = literals.length === 1 ? literals[0] : undefined;
  const items = keys.map((key) => (single === undefined ? tuple(literals, key) : single(key[0] ?? null)));
  const left = single === undefined ? `(${quoteNames(schema.key)})` : quoteNames(schema.key);
  return statements(`delete from ${target} where ${left} in (`, items, ')');
}
