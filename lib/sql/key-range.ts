import { CdcError } from '../errors.ts';
import { carriedColumns, keyIndexes, type Column, type TableSchema } from '../data/change.ts';
import type { KeyPosition } from '../data/key-position.ts';
import type { KeyRange } from '../replication/endpoints/source.ts';
import { quoteName } from './identifier.ts';
import type { Literal } from './literal.ts';

/** Writes values of a key column as literals. */
export type KeyLiteral = (column: Column) => Literal;

interface KeyPart {
  readonly column: string;
  readonly literal: string;
}

/** The columns of the key, in the key's order. */
export function keyColumns(schema: TableSchema): readonly Column[] {
  const columns = carriedColumns(schema);
  return keyIndexes(schema).flatMap((index) => columns[index] ?? []);
}

/** The condition for keys in (lower, upper]; `true` for the whole table. */
export function rangeCondition(schema: TableSchema, { lower, upper }: KeyRange, literalOf: KeyLiteral): string {
  const parts = (position: KeyPosition): KeyPart[] => keyParts(schema, position, literalOf);
  const conditions: string[] = [];
  if (lower !== undefined) conditions.push(above(parts(lower)));
  if (upper !== undefined) conditions.push(upTo(parts(upper)));
  return conditions.length === 0 ? 'true' : conditions.map((condition) => `(${condition})`).join(' and ');
}

/** Refuses a position of another key: the range would hold other rows than planned. */
function keyParts(schema: TableSchema, position: KeyPosition, literalOf: KeyLiteral): KeyPart[] {
  const columns = keyColumns(schema);
  if (columns.length === 0 || columns.length !== position.length) {
    throw new CdcError('INTERNAL', `A key of ${position.length} values for one of ${columns.length} columns.`);
  }
  return columns.map((column, i) => ({
    column: quoteName(column.name),
    literal: literalOf(column)(position[i] ?? null),
  }));
}

/** (a, b) > (x, y), written so that the server can skip blocks of the table by the first column alone. */
function above([first, ...rest]: readonly KeyPart[]): string {
  if (first === undefined) return 'false';
  const { column, literal } = first;
  if (rest.length === 0) return `${column} > ${literal}`;
  return `${column} >= ${literal} and (${column} > ${literal} or (${above(rest)}))`;
}

/** (a, b) <= (x, y): exactly the keys that `above` leaves out. */
function upTo([first, ...rest]: readonly KeyPart[]): string {
  if (first === undefined) return 'true';
  const { column, literal } = first;
  if (rest.length === 0) return `${column} <= ${literal}`;
  return `${column} <= ${literal} and (${column} < ${literal} or (${upTo(rest)}))`;
}
