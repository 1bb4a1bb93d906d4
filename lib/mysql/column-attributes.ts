import type { ParsedColumn } from '../matrixone/create-table-parser.ts';
import { baseType } from './column-type.ts';
import { quoteText } from './literal.ts';

/** MySQL's limit for the comment of a column, in characters. */
const LONGEST_COMMENT = 1_024;
/** Of these MySQL takes a default of digits or of text. A TIMESTAMP's text may be out of its range. */
const TAKES_LITERAL =
  /^(?:(?:tiny|small|medium|big)?int|integer|decimal|numeric|float|double|bool|char|varchar|enum|date|datetime|time)\b/u;
const TAKES_NOW = /^(?:datetime|timestamp)\b/u;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/iu;
const NOW = /^(?:current_timestamp|now)(?:\s*\(\s*(?:(\d)\s*)?\))?$/iu;

/** Default and comment of a column as MySQL declares them; `type` is the one that it has there. */
export function columnAttributes({ defaultValue, comment }: ParsedColumn, type: string): string {
  const value = defaultValue === undefined ? undefined : mysqlDefault(defaultValue, type);
  return [
    value === undefined ? '' : ` default ${value}`,
    comment === undefined || comment === '' ? '' : ` comment ${quoteText(comment.slice(0, LONGEST_COMMENT))}`,
  ].join('');
}

/** Undefined for expressions, which the two servers may read otherwise, and for types that take no default. */
function mysqlDefault({ text, quoted }: NonNullable<ParsedColumn['defaultValue']>, type: string): string | undefined {
  const base = baseType(type);
  if (quoted) return TAKES_LITERAL.test(base) ? quoteText(text) : undefined;
  if (NUMBER.test(text) || /^(?:true|false)$/iu.test(text)) return TAKES_LITERAL.test(base) ? text : undefined;
  const now = NOW.exec(text);
  if (now === null || !TAKES_NOW.test(base)) return undefined;
  // Both must have the same digits of a second.
  const digits = /\((\d)\)/u.exec(type)?.[1] ?? '';
  return digits === '' ? 'current_timestamp' : `current_timestamp(${digits})`;
}
