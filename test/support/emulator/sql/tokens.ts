/** A token of SQL. For `name` (a back-quoted identifier) and `string` (a quoted literal), `text` has no quotes. */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'symbol';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SPACE_OR_COMMENT = /(?:\s+|--(?=\s|$)[^\n]*|#[^\n]*|\/\*(?!!)[\s\S]*?\*\/)+/y;
const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['name', /`(?:[^`]|``)*`/y],
  ['string', /'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"/y],
  ['number', /\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w$])/iy],
  ['word', /@{0,2}[\w$\u0080-\uffff]+/y],
  ['symbol', /[\s\S]/y],
];

/** The tokens of a statement, without comments. An unclosed quote becomes symbols, which the server then refuses. */
export const tokenize = (sql: string): Token[] => {
  const tokens: Token[] = [];
  let at = skipSpace(sql, 0);
  while (at < sql.length) {
    const token = tokenAt(sql, at);
    tokens.push(token);
    at = skipSpace(sql, token.end);
  }
  return tokens;
};

const skipSpace = (sql: string, at: number): number => {
  SPACE_OR_COMMENT.lastIndex = at;
  return SPACE_OR_COMMENT.test(sql) ? SPACE_OR_COMMENT.lastIndex : at;
};

const tokenAt = (sql: string, start: number): Token => {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start;
    if (!pattern.test(sql)) continue;
    const end = pattern.lastIndex;
    return { kind, text: unquote(kind, sql.slice(start, end)), start, end };
  }
  throw new Error('unreachable: the last pattern takes any character');
};

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0', b: '\b', Z: '\x1a' };

const unquote = (kind: Token['kind'], text: string): string => {
  if (kind === 'name') return text.slice(1, -1).replaceAll('``', '`');
  if (kind !== 'string') return text;
  const quote = text.slice(0, 1);
  const unescaped = text.slice(1, -1).replace(/\\([\s\S])/g, (_, c: string) => ESCAPES[c] ?? c);
  return unescaped.replaceAll(quote + quote, quote);
};

/** The statements of a query, without their semicolons. */
export const splitStatements = (sql: string): string[] => {
  const ends = tokenize(sql).filter((token) => token.kind === 'symbol' && token.text === ';');
  const starts = [0, ...ends.map((token) => token.end)];
  return starts.map((start, i) => sql.slice(start, ends[i]?.start ?? sql.length)).filter((s) => s.trim() !== '');
};
