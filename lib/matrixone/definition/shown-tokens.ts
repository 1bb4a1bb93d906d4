/** A piece of a CREATE TABLE. */
export interface Token {
  readonly kind: 'name' | 'string' | 'word' | 'symbol';
  /** Words in upper case; names and strings without quotes; symbols as they are. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SPACE = /\s+/uy;
const WORD = /[\p{L}\p{N}_$@.+-]+/uy;
const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0', b: '\b', Z: '\x1a' };

/** `escapes`: see shownTable. */
export function tokens(sql: string, escapes: boolean): Token[] {
  const found: Token[] = [];
  for (let at = skipSpace(sql, 0); at < sql.length; at = skipSpace(sql, at)) {
    const token = next(sql, at, escapes);
    found.push(token);
    at = token.end;
  }
  return found;
}

function next(sql: string, start: number, escapes: boolean): Token {
  const first = sql.charAt(start);
  if (first === '`') return quoted(sql, start, quoteEnd(sql, start, false), false, 'name');
  if (first === "'" || first === '"') return quoted(sql, start, quoteEnd(sql, start, escapes), escapes, 'string');
  const word = match(WORD, sql, start);
  if (word === '') return { kind: 'symbol', text: first, start, end: start + 1 };
  return { kind: 'word', text: word.toUpperCase(), start, end: start + word.length };
}

function quoted(sql: string, start: number, end: number, escapes: boolean, kind: 'name' | 'string'): Token {
  const quote = sql.charAt(start);
  const inner = sql.slice(start + 1, end - 1).replaceAll(quote + quote, quote);
  const text = !escapes ? inner : inner.replace(/\\(.)/gsu, (_, c: string) => UNESCAPED[c] ?? c);
  return { kind, text, start, end };
}

/** Position after the closing quote. A doubled quote does not close, and neither does an escaped one in a string. */
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

/** Keywords outside of parentheses. Any other token becomes `?`. */
export function words(item: readonly Token[]): string {
  const shown: string[] = [];
  let depth = 0;
  for (const token of item) {
    if (isSymbol(token, ')')) depth--;
    if (depth === 0) shown.push(token.kind === 'word' ? token.text : '?');
    if (isSymbol(token, '(')) depth++;
  }
  return shown.join(' ');
}
