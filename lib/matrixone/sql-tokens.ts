/** A piece of a CREATE TABLE as a server prints it. */
export interface Token {
  readonly kind: 'name' | 'string' | 'word' | 'symbol';
  /** Words in upper case; names and strings without quotes; symbols as they are. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SPACE = /\s+/uy;
const WORD = /[\p{L}\p{N}_$@.+-]+/uy;

/**
 * What may follow a default or a comment. MatrixOne prints comments without escaping the quotes in them, and defaults
 * without escaping backslashes, so the usual reading of a string may end too early or too late.
 */
const AFTER_TEXT =
  /,\n\s*(?:`|PRIMARY|UNIQUE|KEY|INDEX|FULLTEXT|SPATIAL|CONSTRAINT|CHECK|FOREIGN)|\n\)|\s*$|\s(?:COMMENT|ON UPDATE|MONGODB_PATH|PARTITION BY|CLUSTER BY)\b/iuy;
const RAW_TEXT_AFTER = new Set(['COMMENT', 'DEFAULT']);

const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0', b: '\b', Z: '\x1a' };

export function tokens(sql: string): Token[] {
  const found: Token[] = [];
  for (let at = skipSpace(sql, 0); at < sql.length; at = skipSpace(sql, at)) {
    const token = next(sql, at, keywordBefore(found));
    found.push(token);
    at = token.end;
  }
  return found;
}

function next(sql: string, start: number, keyword: string): Token {
  const first = sql.charAt(start);
  if (first === '`') return quoted(sql, start, quoteEnd(sql, start, false), 'name');
  if (first === "'" || first === '"') {
    const end = RAW_TEXT_AFTER.has(keyword) ? textEnd(sql, start) : quoteEnd(sql, start, true);
    return quoted(sql, start, end, 'string');
  }
  const word = match(WORD, sql, start);
  if (word === '') return { kind: 'symbol', text: first, start, end: start + 1 };
  return { kind: 'word', text: word.toUpperCase(), start, end: start + word.length };
}

function quoted(sql: string, start: number, end: number, kind: 'name' | 'string'): Token {
  const quote = sql.charAt(start);
  const inner = sql.slice(start + 1, end - 1).replaceAll(quote + quote, quote);
  const text = kind === 'name' ? inner : inner.replace(/\\(.)/gsu, (_, c: string) => UNESCAPED[c] ?? c);
  return { kind, text, start, end };
}

/** Behind the closing quote; doubled quotes do not close, nor do escaped ones in a string. */
function quoteEnd(sql: string, start: number, escapes: boolean): number {
  const quote = sql.charAt(start);
  for (let i = start + 1; i < sql.length; i++) {
    const c = sql.charAt(i);
    if (escapes && c === '\\') i++;
    else if (c === quote && sql.charAt(i + 1) === quote) i++;
    else if (c === quote) return i + 1;
  }
  return sql.length;
}

/** The usual end if something fitting follows it, else the first quote that is followed by something fitting. */
function textEnd(sql: string, start: number): number {
  const usual = quoteEnd(sql, start, true);
  if (fits(sql, usual)) return usual;
  const quote = sql.charAt(start);
  for (let i = sql.indexOf(quote, start + 1); i >= 0; i = sql.indexOf(quote, i + 1)) {
    if (fits(sql, i + 1)) return i + 1;
  }
  return usual;
}

function fits(sql: string, at: number): boolean {
  AFTER_TEXT.lastIndex = at;
  return AFTER_TEXT.test(sql);
}

function keywordBefore(found: readonly Token[]): string {
  const last = found.at(-1);
  return (last?.text === '=' ? found.at(-2) : last)?.text ?? '';
}

const skipSpace = (sql: string, at: number): number => at + match(SPACE, sql, at).length;

function match(pattern: RegExp, sql: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0] ?? '';
}

export const isSymbol = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'symbol' && token.text === text;

/** Index of the parenthesis that closes the one at `open`. */
export function closing(all: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < all.length; i++) {
    if (isSymbol(all[i], '(')) depth++;
    if (isSymbol(all[i], ')') && --depth === 0) return i;
  }
  return all.length;
}

export const textOf = (sql: string, item: readonly Token[]): string =>
  sql.slice(item[0]?.start ?? 0, item.at(-1)?.end ?? 0);
