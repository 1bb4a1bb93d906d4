import { baseType, typeNumbers } from '../../sql/column-type.ts';
import type { LoadField } from '../../sink/dialect/load-field.ts';
import type { Column } from '../../data/change.ts';

const QUOTE = 0x22;
const SPACE = Buffer.from(' ');
const NO_LABEL = Buffer.from('0');
/** Wider ones are of another type. */
const DECIMAL128_DIGITS = 38;

/**
 * MatrixOne's LOAD DATA takes some values for others (seen on 4.2.0): the JSON text "7" for the number 7, because it
 * strips quotes, enclosing or not; an enum's label of digits for the number of a label; and an empty enum or set for
 * NULL. So labels of an enum go as their numbers, the empty set as 0, and spaces protect quotes.
 */
export function loadField({ type, labels = [] }: Column): LoadField | undefined {
  const base = baseType(type);
  if (base === 'json') return (value) => (value[0] === QUOTE ? Buffer.concat([SPACE, value, SPACE]) : value);
  if (base === 'enum') return enumNumber(labels);
  return base === 'set' ? (value) => (value.length === 0 ? NO_LABEL : value) : undefined;
}

/** "the value type DECIMAL256 is not support now"; and in a set that has it, 0 is a label and not the empty set. */
export function loadable({ type, labels = [] }: Column): boolean {
  const base = baseType(type);
  if (base === 'decimal') return (typeNumbers(type)[0] ?? 0) <= DECIMAL128_DIGITS;
  return base !== 'set' || !labels.some((label) => label.trim() === '0');
}

/**
 * Of a label that is there twice the first; no label at all is what a lenient server stores as 0. What is neither is
 * left as it is, for the server to judge.
 */
function enumNumber(labels: readonly string[]): LoadField {
  const numbers = new Map([['', NO_LABEL]]);
  for (const [i, label] of [...labels.entries()].toReversed()) numbers.set(label, Buffer.from(String(i + 1)));
  return (value) => numbers.get(value.toString('utf8')) ?? value;
}
