import { carriedColumns, keyIndexes, type Row, type TableSchema } from '../replication/change.ts';
import { valueKind } from './column-type.ts';
import { quoteNames } from './identifier.ts';
import type { Literal } from './literal.ts';

/** Bytes of a statement, where nothing else was asked for. */
const USUAL_LENGTH = 1_000_000;

/** Statements of the form `head item, item, … tail`, each of so many bytes at most (or of one item). */
export function* statements(
  head: string,
  items: Iterable<string>,
  tail = '',
  longest = USUAL_LENGTH,
): Generator<string> {
  const frame = Buffer.byteLength(head) + Buffer.byteLength(tail);
  let parts: string[] = [];
  let size = frame;
  for (const item of items) {
    const length = Buffer.byteLength(item);
    if (parts.length > 0 && size + length > longest) {
      yield `${head}${parts.join(',')}${tail}`;
      parts = [];
      size = frame;
    }
    parts.push(item);
    size += length + 1;
  }
  if (parts.length > 0) yield `${head}${parts.join(',')}${tail}`;
}

const tuple = (literals: readonly Literal[], values: Row): string =>
  `(${literals.map((literal, i) => literal(values[i] ?? null)).join(',')})`;

export interface Writing {
  /** How the values of a column of this declared type are written. */
  readonly literalOf: (type: string) => Literal;
  /** Bytes of a statement. */
  readonly longest?: number | undefined;
}

/** Multi-row INSERTs of rows in the order of the carried columns. `target` is a quoted name. */
export function insertStatements(
  target: string,
  schema: TableSchema,
  rows: readonly Row[],
  { literalOf, longest }: Writing,
): Iterable<string> {
  const columns = carriedColumns(schema);
  const literals = columns.map((column) => literalOf(column.type));
  const head = `insert into ${target} (${quoteNames(columns.map((c) => c.name))}) values `;
  return statements(
    head,
    rows.map((row) => tuple(literals, row)),
    '',
    longest,
  );
}

/** MatrixOne finds no BIT in a list of plain numbers: that is an error there. */
function keyLiteral(type: string, literal: Literal): Literal {
  return valueKind(type) === 'bit' ? (value) => `cast(${literal(value)} as unsigned)` : literal;
}

/** For tables without a key. Not TRUNCATE, which no transaction takes back. */
export const deleteEverything = (target: string): string => `delete from ${target}`;

/** DELETEs of the rows that have the keys of these rows. */
export function deleteStatements(
  target: string,
  schema: TableSchema,
  rows: readonly Row[],
  { literalOf, longest }: Writing,
): Iterable<string> {
  const columns = carriedColumns(schema);
  const indexes = keyIndexes(schema);
  const types = indexes.map((i) => columns[i]?.type ?? 'text');
  const literals = types.map((type) => keyLiteral(type, literalOf(type)));
  const keys = rows.map((row) => indexes.map((i) => row[i] ?? null));
  const single = literals.length === 1 ? literals[0] : undefined;
  const items = keys.map((key) => (single === undefined ? tuple(literals, key) : single(key[0] ?? null)));
  const left = single === undefined ? `(${quoteNames(schema.key)})` : quoteNames(schema.key);
  return statements(`delete from ${target} where ${left} in (`, items, ')', longest);
}
