import type { Column, ColumnDefault } from '../data/table-definition.ts';
import { baseType } from '../sql/column-type.ts';
import { quoteText } from '../sql/literal.ts';

/** MySQL's limit for the comment of a column, in characters. */
const LONGEST_COMMENT = 1_024;
/**
 * Types whose default may be digits or text in MySQL. TIMESTAMP is not among them, because a text may be out of its
 * range.
 */
const TAKES_LITERAL =
  /^(?:(?:tiny|small|medium|big)?int|integer|decimal|numeric|float|double|bool|char|varchar|enum|date|datetime|time)\b/u;
const TAKES_NOW = /^(?:datetime|timestamp)\b/u;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/iu;

/** Default and comment of a column as MySQL declares them. `type`: the column's type in MySQL. */
export function columnAttributes({ default: value, comment }: Column, type: string): string {
  const written = value === undefined ? undefined : mysqlDefault(value, type);
  return [
    written === undefined ? '' : ` default ${written}`,
    comment === undefined ? '' : ` comment ${quoteText(cutText(comment, LONGEST_COMMENT))}`,
  ].join('');
}

/** Never cuts a character in half. */
export const cutText = (text: string, characters: number): string => Array.from(text).slice(0, characters).join('');

/** Undefined for expressions, which the two servers may read differently, and for types that take no default. */
export function mysqlDefault(value: ColumnDefault, type: string): string | undefined {
  const base = baseType(type);
  if (value.kind === 'expression' || value.kind === 'unknown') return undefined;
  if (value.kind === 'now') return TAKES_NOW.test(base) ? now(type) : undefined;
  if (!TAKES_LITERAL.test(base)) return undefined;
  // A number may be the number of a label on one server, and a label on the other.
  if (base === 'enum' && value.kind !== 'text') return undefined;
  if (value.kind === 'boolean') return String(value.value);
  // A number in quotes is still a number. Anything else must stay a text.
  return value.kind === 'number' && NUMBER.test(value.text) ? value.text : quoteText(value.text);
}

/** Must have the same digits of a second as the column. */
function now(type: string): string {
  const digits = /\((\d)\)/u.exec(type)?.[1] ?? '';
  return digits === '' ? 'current_timestamp' : `current_timestamp(${digits})`;
}
