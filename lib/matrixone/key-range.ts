import { carriedColumns, keyIndexes, type TableSchema, type Value } from '../replication/change.ts';
import type { KeyRange } from '../replication/source.ts';
import { quoteName } from '../mysql/identifier.ts';
import { matrixoneLiteralOf } from '../mysql/literal.ts';

/** A key as the opaque end of a range: its values, byte for byte. */
export const encodeKey = (key: readonly Value[]): string =>
  JSON.stringify(key.map((value) => value?.toString('base64') ?? null));

const decodeKey = (text: string): Value[] =>
  (JSON.parse(text) as (string | null)[]).map((value) => (value === null ? null : Buffer.from(value, 'base64')));

interface KeyPart {
  readonly column: string;
  readonly literal: string;
}

/** The condition for keys in (lower, upper]; `true` for the whole table. */
export function rangeCondition(schema: TableSchema, { lower, upper }: KeyRange): string {
  const conditions: string[] = [];
  if (lower !== undefined) conditions.push(above(keyParts(schema, lower)));
  if (upper !== undefined) conditions.push(upTo(keyParts(schema, upper)));
  return conditions.length === 0 ? 'true' : conditions.map((condition) => `(${condition})`).join(' and ');
}

function keyParts(schema: TableSchema, key: string): KeyPart[] {
  const values = decodeKey(key);
  const columns = carriedColumns(schema);
  return keyIndexes(schema).map((index, i) => {
    const column = columns[index];
    return {
      column: quoteName(column?.name ?? ''),
      literal: matrixoneLiteralOf(column?.type ?? 'text')(values[i] ?? null),
    };
  });
}

/** (a, b) > (x, y), written so that blocks of the table can be left out by the first column alone. */
function above([first, ...rest]: readonly KeyPart[]): string {
  if (first === undefined) return 'false';
  const { column, literal } = first;
  if (rest.length === 0) return `${column} > ${literal}`;
  return `${column} >= ${literal} and (${column} > ${literal} or (${above(rest)}))`;
}

/** (a, b) <= (x, y); exactly the keys that `above` leaves out. */
function upTo([first, ...rest]: readonly KeyPart[]): string {
  if (first === undefined) return 'true';
  const { column, literal } = first;
  if (rest.length === 0) return `${column} <= ${literal}`;
  return `${column} <= ${literal} and (${column} < ${literal} or (${upTo(rest)}))`;
}
