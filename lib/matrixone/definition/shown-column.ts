import type { Column, ColumnDefault } from '../../data/table-definition.ts';
import { parseExpression } from './expression.ts';
import { closing, isSymbol, textOf, type Token, words } from './shown-tokens.ts';

/** Words after a type's parentheses that belong to the type. */
const TYPE_WORDS = new Set(['UNSIGNED', 'ZEROFILL', 'PRECISION', 'VARYING']);
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/iu;
const NOW = /^(?:current_timestamp|now)(?:\(\s*(?:\d\s*)?\))?$/iu;

/** Reads one column definition. `primary`: does it declare the column as the primary key? */
export function shownColumn(
  sql: string,
  item: readonly Token[],
  names: readonly string[],
): { column: Column; primary: boolean } {
  const typeEnd = endOfType(item);
  const type = item.slice(1, typeEnd);
  const rest = item.slice(typeEnd);
  const attributes = words(rest);
  const primary = /\bPRIMARY KEY\b/u.test(attributes);
  const base = type[0]?.text.toLowerCase() ?? '';
  const isLabelled = base === 'enum' || base === 'set';
  const comment = rest[keywordAt(rest, 'COMMENT') + 1];
  const generated = /\bGENERATED ALWAYS AS\b|(?:^| )AS \?/u.test(attributes);
  const value = generated ? undefined : defaultOf(sql, rest, names);
  const generation = generated ? generationOf(sql, rest, attributes, names) : undefined;
  const column: Column = {
    name: item[0]?.text ?? '',
    type: isLabelled ? base : textOf(sql, type).toLowerCase().replaceAll(/,\s+/gu, ','),
    nullable: !primary && !/\bNOT NULL\b/u.test(attributes),
    generated,
    ...(isLabelled ? { labels: type.flatMap((t) => (t.kind === 'string' ? [t.text] : [])) } : {}),
    ...(/\bAUTO_INCREMENT\b/u.test(attributes) ? { autoIncrement: true } : {}),
    ...(comment?.kind === 'string' && comment.text !== '' ? { comment: comment.text } : {}),
    ...(value === undefined ? {} : { default: value }),
    ...(/\bON UPDATE\b/u.test(attributes) ? { onUpdateNow: true } : {}),
    ...(generation === undefined ? {} : { generation }),
  };
  return { column, primary };
}

function generationOf(sql: string, rest: readonly Token[], attributes: string, names: readonly string[]) {
  const open = rest.findIndex((token) => isSymbol(token, '('));
  const expression = parseExpression(textOf(sql, rest.slice(open + 1, closing(rest, open))), names);
  return expression === undefined ? undefined : { expression, stored: /\bSTORED\b|\bPERSISTENT\b/u.test(attributes) };
}

/** Reads the value after DEFAULT: a function with its parentheses, or one token. NULL counts as no default. */
function defaultOf(sql: string, rest: readonly Token[], names: readonly string[]): ColumnDefault | undefined {
  const at = keywordAt(rest, 'DEFAULT') + 1;
  const value = at === 0 ? undefined : rest[at];
  if (value === undefined || (value.kind === 'word' && value.text === 'NULL')) return undefined;
  if (value.kind === 'string') return { kind: 'text', text: value.text };
  const open = isSymbol(value, '(') ? at : at + 1;
  const end = isSymbol(rest[open], '(') ? closing(rest, open) + 1 : at + 1;
  const text = textOf(sql, rest.slice(at, end));
  if (NOW.test(text)) return { kind: 'now' };
  if (NUMBER.test(text)) return { kind: 'number', text };
  if (/^(?:true|false)$/iu.test(text)) return { kind: 'boolean', value: /^true$/iu.test(text) };
  const expression = parseExpression(text, names);
  return expression === undefined ? { kind: 'unknown' } : { kind: 'expression', expression };
}

const keywordAt = (item: readonly Token[], keyword: string): number =>
  item.findIndex((token) => token.kind === 'word' && token.text === keyword);

function endOfType(item: readonly Token[]): number {
  let end = isSymbol(item[2], '(') ? closing(item, 2) + 1 : 2;
  for (let token = item[end]; token?.kind === 'word'; token = item[end]) {
    if (token.text === 'SRID') end += 2;
    else if (TYPE_WORDS.has(token.text)) end += 1;
    else break;
    if (isSymbol(item[end], '(')) end = closing(item, end) + 1;
  }
  return end;
}
