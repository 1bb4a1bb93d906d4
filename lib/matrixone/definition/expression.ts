import type { Expression, ExpressionToken } from '../../data/table-definition.ts';
import { HARMLESS_WORDS } from './expression-words.ts';

const SPACE = /\s*/uy;
const NUMBER = /(?:0x[0-9a-f]+|(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)(?![\p{L}\p{N}_$@])/iuy;
const WORD = /[a-z_][a-z0-9_]*(?![\p{L}\p{N}_$@])/iuy;
/** A text that every server reads alike: without quotes, backslashes and control characters. */
const TEXT = /'([^'"`\\\p{Cc}\u2028\u2029]*)'(?!')/uy;
const NAME = /`((?:[^`\p{Cc}]|``)+)`(?!`)/uy;
const SYMBOL = /<=>|<=|>=|<>|!=|\|\||&&|[-+*/%(),.<>=!&|^~]/uy;

const DEEPEST = 100;

/**
 * Reads an expression as MatrixOne stores it in its catalogue. Returns undefined unless it understands every token; it
 * never guesses. It refuses a text with a quote or a backslash, because servers do not write such texts in a form that
 * can be read back (4.2.0).
 */
export function parseExpression(
  sql: string,
  columns: readonly string[],
  words: ReadonlySet<string> = HARMLESS_WORDS,
): Expression | undefined {
  const vocabulary = {
    words,
    columns: new Map(columns.map((name) => [name.toLowerCase(), name])),
    areBare: columns.every(isBare),
  };
  const found: ExpressionToken[] = [];
  let depth = 0;
  for (let at = skip(sql, 0); at < sql.length; at = skip(sql, at)) {
    const read = next(sql, at, vocabulary);
    if (read === undefined) return undefined;
    if (isSymbol(read.token, '(')) depth++;
    if (isSymbol(read.token, ')')) depth--;
    if (depth < 0 || depth > DEEPEST) return undefined;
    found.push(read.token);
    at = read.end;
  }
  return depth === 0 && found.length > 0 ? found : undefined;
}

export const isSymbol = ({ kind, text }: ExpressionToken, symbol: string): boolean =>
  kind === 'symbol' && text === symbol;

type Read = { readonly token: ExpressionToken; readonly end: number } | undefined;

interface Vocabulary {
  readonly words: ReadonlySet<string>;
  /** The table's column names, by their names in lower case. */
  readonly columns: ReadonlyMap<string, string>;
  /** Can every name be written without quotes? Only then is an unquoted word a column's name for certain. */
  readonly areBare: boolean;
}

function next(sql: string, at: number, vocabulary: Vocabulary): Read {
  const name = match(NAME, sql, at);
  if (name !== undefined) return columnOf(name[1]?.replaceAll('``', '`') ?? '', at + name[0].length, vocabulary);
  const text = match(TEXT, sql, at);
  if (text !== undefined) return token('text', text[1] ?? '', at + text[0].length);
  const number = match(NUMBER, sql, at);
  if (number !== undefined) return token('number', number[0], at + number[0].length);
  const word = match(WORD, sql, at);
  if (word !== undefined) return wordOf(word[0], at + word[0].length, vocabulary);
  const symbol = match(SYMBOL, sql, at);
  return symbol === undefined ? undefined : token('symbol', symbol[0], at + symbol[0].length);
}

/** Refuses a name that is no column of the table: it could be anything. */
function columnOf(name: string, end: number, { columns }: Vocabulary): Read {
  const column = columns.get(name.toLowerCase());
  return column === undefined ? undefined : token('column', column, end);
}

/**
 * The catalogue stores some expressions without quotes around names. Refuses a keyword that is also a column's name: it
 * could be either.
 */
function wordOf(word: string, end: number, { words, columns, areBare }: Vocabulary): Read {
  const lower = word.toLowerCase();
  const column = columns.get(lower);
  if (words.has(lower)) return column === undefined ? token('word', lower, end) : undefined;
  return column === undefined || !areBare ? undefined : token('column', column, end);
}

const isBare = (name: string): boolean => /^[a-z_]\w*$/iu.test(name);

const token = (kind: ExpressionToken['kind'], text: string, end: number): Read => ({ token: { kind, text }, end });

const skip = (sql: string, at: number): number => at + (match(SPACE, sql, at)?.[0].length ?? 0);

function match(pattern: RegExp, sql: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql) ?? undefined;
}
