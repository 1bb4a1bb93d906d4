import type { ParsedColumn } from './create-table-parser.ts';
import { closing, isSymbol, textOf, type Token } from './sql-tokens.ts';

/** Words that belong to the type although they follow its parentheses. */
const TYPE_WORDS = new Set(['UNSIGNED', 'ZEROFILL', 'PRECISION', 'VARYING']);

/** Reads one column definition; `primary` when it is declared the key in place. */
export function parseColumn(sql: string, item: readonly Token[]): { column: ParsedColumn; primary: boolean } {
  const typeEnd = endOfType(item);
  const typeTokens = item.slice(1, typeEnd);
  const comment = commentOf(item);
  const attributes = words(item.slice(typeEnd));
  const primary = /\bPRIMARY KEY\b/u.test(attributes);
  const base = typeTokens[0]?.text.toLowerCase();
  const commented = comment === undefined ? [] : [comment];
  const ofDefault = keywordAt(item, 'DEFAULT');
  const left = isPrintedWrong(sql, item[ofDefault + 1]) ? [ofDefault] : [];
  const column: ParsedColumn = {
    name: item[0]?.text ?? '',
    type: typeText(sql, typeTokens),
    nullable: !primary && !/\bNOT NULL\b/u.test(attributes),
    generated: generated(attributes),
    autoIncrement: /\bAUTO_INCREMENT\b/u.test(attributes),
    labels: base === 'enum' || base === 'set' ? strings(typeTokens) : undefined,
    comment: comment === undefined ? undefined : item[comment + 1]?.text,
    defaultValue: generated(attributes) ? undefined : defaultOf(sql, item.slice(typeEnd)),
    definition: without(sql, item, commented),
    declaration: without(sql, item, [...commented, ...left]),
  };
  return { column, primary };
}

const generated = (attributes: string): boolean => /\bGENERATED ALWAYS AS\b|(?:^| )AS \?/u.test(attributes);

/** What follows DEFAULT, a function with its parentheses; NULL is no default, nor is what is printed wrong. */
function defaultOf(sql: string, item: readonly Token[]): ParsedColumn['defaultValue'] {
  const at = keywordAt(item, 'DEFAULT') + 1;
  const value = at === 0 ? undefined : item[at];
  if (value === undefined || (value.kind === 'word' && value.text === 'NULL')) return undefined;
  if (isPrintedWrong(sql, value)) return undefined;
  if (value.kind === 'string') return { text: value.text, quoted: true };
  const open = isSymbol(value, '(') ? at : at + 1;
  const end = isSymbol(item[open], '(') ? closing(item, open) + 1 : at + 1;
  return { text: textOf(sql, item.slice(at, end)), quoted: false };
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

/** Lower case, but labels as they are: they are values. */
function typeText(sql: string, type: readonly Token[]): string {
  const text = textOf(sql, type);
  return text.replace(/'(?:[^'\\]|''|\\.)*'|[^']+/gsu, (part) => (part.startsWith("'") ? part : part.toLowerCase()));
}

const strings = (type: readonly Token[]): string[] => type.filter((t) => t.kind === 'string').map((t) => t.text);

/** Keywords outside of parentheses; anything else is a `?`. */
function words(item: readonly Token[]): string {
  const shown: string[] = [];
  let depth = 0;
  for (const token of item) {
    if (isSymbol(token, ')')) depth--;
    if (depth === 0) shown.push(token.kind === 'word' ? token.text : '?');
    if (isSymbol(token, '(')) depth++;
  }
  return shown.join(' ');
}

function commentOf(item: readonly Token[]): number | undefined {
  const at = item.findIndex((t, i) => t.kind === 'word' && t.text === 'COMMENT' && item[i + 1]?.kind === 'string');
  return at < 0 ? undefined : at;
}

/** Without these keywords and the texts after them. */
function without(sql: string, item: readonly Token[], keywords: readonly number[]): string {
  const kept = item.map((token, i) => (keywords.some((at) => i === at || i === at + 1) ? undefined : token));
  const runs: Token[][] = [[]];
  for (const token of kept) {
    if (token === undefined) runs.push([]);
    else runs.at(-1)?.push(token);
  }
  return runs
    .filter((run) => run.length > 0)
    .map((run) => textOf(sql, run))
    .join(' ');
}

/**
 * MatrixOne 4.2.0 prints the quotes of a default doubled once more than they are, keeps them so at each ALTER TABLE, and
 * does not escape backslashes: in the end the default is longer than its column, and no statement takes it any more.
 */
const isPrintedWrong = (sql: string, value: Token | undefined): boolean =>
  value?.kind === 'string' && /['\\]/u.test(sql.slice(value.start + 1, value.end - 1));
