import { CdcError } from '../errors.ts';
import { carriedColumns, type Column, keyIndexes, type Row, type TableSchema } from '../data/change.ts';
import { valueKind } from './column-type.ts';
import { quoteNames } from './identifier.ts';
import { keyColumns } from './key-range.ts';
import type { Literal } from './literal.ts';

/** Bytes of a statement if the task has no limit. */
const USUAL_LENGTH = 1_000_000;

/** Limits of a statement, in bytes. */
export interface StatementLimits {
  /** The limit that was asked for. A single item may exceed it. */
  readonly longest?: number | undefined;
  /** The limit of the server. */
  readonly most?: number | undefined;
}

/**
 * Builds statements of the form `head item, item, … tail`. Each has at most `longest` bytes, or a single item. Throws
 * SINK_ROW_TOO_LARGE if the server does not take an item even alone.
 */
export function* statements(
  head: string,
  items: Iterable<string>,
  tail = '',
  { longest = USUAL_LENGTH, most = Infinity }: StatementLimits = {},
): Generator<string> {
  const frame = Buffer.byteLength(head) + Buffer.byteLength(tail);
  let parts: string[] = [];
  let size = frame;
  for (const item of items) {
    const length = Buffer.byteLength(item);
    if (frame + length > most) throw tooLarge(head, frame + length, most);
    if (parts.length > 0 && size + length > Math.min(longest, most)) {
      yield `${head}${parts.join(',')}${tail}`;
      parts = [];
      size = frame;
    }
    parts.push(item);
    size += length + 1;
  }
  if (parts.length > 0) yield `${head}${parts.join(',')}${tail}`;
}

const tooLarge = (head: string, bytes: number, most: number): CdcError =>
  new CdcError(
    'SINK_ROW_TOO_LARGE',
    `A row takes a statement of ${bytes} bytes, and the sink's max_allowed_packet leaves ${most}: ${head.slice(0, 100)}…`,
  );

/** Holds only one statement's rows in memory as text. */
function* oneByOne(rows: readonly Row[], write: (row: Row) => string): Generator<string> {
  for (const row of rows) yield write(row);
}

const tuple = (literals: readonly Literal[], values: Row): string =>
  `(${literals.map((literal, i) => literal(values[i] ?? null)).join(',')})`;

export interface Writing extends StatementLimits {
  /** How values of a source column are written. */
  readonly literalOf: (column: Column) => Literal;
}

/** Multi-row INSERTs of rows in the order of the carried columns. `target` is a quoted name. */
export function insertStatements(
  target: string,
  schema: TableSchema,
  rows: readonly Row[],
  { literalOf, ...limits }: Writing,
): Iterable<string> {
  const columns = carriedColumns(schema);
  const literals = columns.map(literalOf);
  const head = `insert into ${target} (${quoteNames(columns.map((c) => c.name))}) values `;
  const items = oneByOne(rows, (row) => tuple(literals, row));
  return statements(head, items, '', limits);
}

/** In MatrixOne, a BIT in a list of plain numbers is an error. */
function keyLiteral(type: string, literal: Literal): Literal {
  return valueKind(type) === 'bit' ? (value) => `cast(${literal(value)} as unsigned)` : literal;
}

/** For tables without a key. TRUNCATE could not be rolled back. */
export const deleteEverything = (target: string): string => `delete from ${target}`;

/** DELETEs of the rows with the keys of these rows. */
export const deleteStatements = (
  target: string,
  schema: TableSchema,
  rows: readonly Row[],
  writing: Writing,
): Iterable<string> => keyStatements(`delete from ${target}`, schema, rows, writing);

/** Statements that begin with `what`, for the rows with the keys of these rows. */
export function keyStatements(
  what: string,
  schema: TableSchema,
  rows: readonly Row[],
  { literalOf, ...limits }: Writing,
): Iterable<string> {
  const write = keyTuple(schema, literalOf);
  return statements(`${what} where ${keySide(schema)} in (`, oneByOne(rows, write), ')', limits);
}

/** The condition for the rows with the keys of these rows. */
export const keyCondition = (schema: TableSchema, rows: readonly Row[], literalOf: Writing['literalOf']): string =>
  `${keySide(schema)} in (${rows.map(keyTuple(schema, literalOf)).join(',')})`;

const keySide = ({ key }: TableSchema): string => (key.length === 1 ? quoteNames(key) : `(${quoteNames(key)})`);

function keyTuple(schema: TableSchema, literalOf: Writing['literalOf']): (row: Row) => string {
  const indexes = keyIndexes(schema);
  const literals = keyColumns(schema).map((column) => keyLiteral(column.type, literalOf(column)));
  const single = literals.length === 1 ? literals[0] : undefined;
  return (row) => {
    const key = indexes.map((i) => row[i] ?? null);
    return single === undefined ? tuple(literals, key) : single(key[0] ?? null);
  };
}
