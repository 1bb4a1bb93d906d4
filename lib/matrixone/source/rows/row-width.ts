import { valueKind, baseType, typeNumbers } from '../../../sql/column-type.ts';
import { quoteName } from '../../../sql/identifier.ts';
import { packed } from '../../../sql/range-checksum.ts';
import { carriedColumns, type Column, type TableSchema } from '../../../data/change.ts';

/** Numbers, times, uuids: as text none is longer. */
const SHORT = 40;
const BYTES_A_CHARACTER = 4;
/** Digits of a vector's element as it is printed, about. */
const ELEMENT = 12;

const LONG = /^(?:(?:tiny|medium|long)?(?:text|blob)|datalink|json|array)$/u;

/** Bytes that a value may have, as text; Infinity where its type does not say. */
function widest({ type }: Column): number {
  const base = baseType(type);
  if (LONG.test(base) || valueKind(type) === 'geometry') return Infinity;
  const [length = Infinity] = typeNumbers(type);
  if (base === 'char' || base === 'varchar') return length * BYTES_A_CHARACTER;
  if (base === 'binary' || base === 'varbinary') return length;
  if (base.startsWith('vec')) return length * ELEMENT;
  if (base === 'enum' || base === 'set') return type.length;
  return base === 'decimal' && length !== Infinity ? Math.max(SHORT, length) : SHORT;
}

/** Bytes that a row may have; Infinity where its types do not say. */
export const widestRow = (schema: TableSchema): number =>
  carriedColumns(schema).reduce((sum, column) => sum + widest(column), 0);

/** SQL for the bytes that a row has, about. What is always short is not looked at. */
export function rowSize(schema: TableSchema): string {
  const columns = carriedColumns(schema).filter((column) => widest(column) > SHORT);
  const short = (carriedColumns(schema).length - columns.length) * SHORT;
  return [String(short), ...columns.map(valueSize)].join(' + ');
}

/** MatrixOne's length() takes no JSON, vector or geometry (4.2.0); packed, any type is as long as its value, about. */
function valueSize(column: Column): string {
  const base = baseType(column.type);
  const isText = /char$|binary$|text$|blob$/u.test(base);
  return `coalesce(length(${isText ? quoteName(column.name) : `serial_full(${packed(column)})`}), 0)`;
}
