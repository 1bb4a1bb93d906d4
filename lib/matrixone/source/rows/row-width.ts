import { valueKind, baseType, typeNumbers } from '../../../sql/column-type.ts';
import { quoteName } from '../../../sql/identifier.ts';
import { packed } from '../../../sql/row-hash.ts';
import { carriedColumns, type Column, type TableSchema } from '../../../data/change.ts';

/** The longest number, time or uuid as text, in bytes. */
const SHORT = 40;
const BYTES_A_CHARACTER = 4;
/** Bytes of a vector's element as text, about. */
const ELEMENT = 12;

const LONG = /^(?:(?:tiny|medium|long)?(?:text|blob)|datalink|json|array)$/u;

/** The most bytes of a value as text; Infinity if its type does not tell. */
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

/** The most bytes of a row; Infinity if its types do not tell. */
export const widestRow = (schema: TableSchema): number =>
  carriedColumns(schema).reduce((sum, column) => sum + widest(column), 0);

/** SQL for a row's size in bytes, about. Types that are always short add nothing. */
export function rowSize(schema: TableSchema): string {
  const columns = carriedColumns(schema).filter((column) => widest(column) > SHORT);
  const short = (carriedColumns(schema).length - columns.length) * SHORT;
  return [String(short), ...columns.map(valueSize)].join(' + ');
}

/**
 * MatrixOne's length() takes no JSON, vector or geometry (4.2.0). A packed value of any type is about as long as the
 * value.
 */
function valueSize(column: Column): string {
  const base = baseType(column.type);
  const isText = /char$|binary$|text$|blob$/u.test(base);
  return `coalesce(length(${isText ? quoteName(column.name) : `serial_full(${packed(column)})`}), 0)`;
}
