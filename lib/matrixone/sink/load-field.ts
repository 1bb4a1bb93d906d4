import { baseType, typeNumbers } from '../../sql/column-type.ts';
import type { LoadField } from '../../sink/dialect/dialect.ts';
import type { Column } from '../../data/change.ts';

const QUOTE = 0x22;
const SPACE = Buffer.from(' ');
const NO_LABEL = Buffer.from('0');
/** A decimal with more digits is of another type. */
const DECIMAL128_DIGITS = 38;

/**
 * MatrixOne's LOAD DATA misreads some values (seen on 4.2.0): the JSON text "7" as the number 7, because it strips
 * quotes, enclosing or not; an enum's label of digits as the number of a label; and an empty enum or set as NULL. So an
 * enum is sent as its number and an empty set as 0, and spaces protect quotes.
 */
export function loadField({ type, labels = [] }: Column): LoadField | undefined {
  const base = baseType(type);
  if (base === 'json') return (value) => (value[0] === QUOTE ? Buffer.concat([SPACE, value, SPACE]) : value);
  if (base === 'enum') return enumNumber(labels);
  return base === 'set' ? (value) => (value.length === 0 ? NO_LABEL : value) : undefined;
}

/**
 * LOAD DATA refuses wide decimals ("the value type DECIMAL256 is not support now"). In a set with the label 0, a 0
 * would be that label instead of the empty set.
 */
export function loadable({ type, labels = [] }: Column): boolean {
  const base = baseType(type);
  if (base === 'decimal') return (typeNumbers(type)[0] ?? 0) <= DECIMAL128_DIGITS;
  return base !== 'set' || !labels.some((label) => label.trim() === '0');
}

/**
 * If a label occurs twice, the first one counts. The empty label has the number 0, as a lenient server stores it.
 * Anything else stays as it is, and the server checks it.
 */
function enumNumber(labels: readonly string[]): LoadField {
  const numbers = new Map([['', NO_LABEL]]);
  for (const [i, label] of [...labels.entries()].toReversed()) numbers.set(label, Buffer.from(String(i + 1)));
  return (value) => numbers.get(value.toString('utf8')) ?? value;
}
