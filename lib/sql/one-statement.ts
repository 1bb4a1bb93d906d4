import { CdcError } from '../errors.ts';

/**
 * The statement, if it is one, and no more than that, to a server that takes backslashes for escapes, as all sessions have
 * it. MatrixOne runs whatever follows a semicolon although nobody has asked for that. Nothing that the product writes
 * is ever refused: this stands between a mistake in it and the database of a user. INTERNAL.
 */
export function oneStatement(sql: string): string {
  if (isOne(sql)) return sql;
  throw new CdcError('INTERNAL', `A statement was not sent, because it is not a single one: ${sql.slice(0, 200)}`);
}

const QUOTES = new Set(["'", '"', '`']);
/** What begins a comment, or ends one. */
const COMMENTS = new Set(['--', '/*', '*/']);

function isOne(sql: string): boolean {
  for (let at = 0; at < sql.length; at++) {
    const c = sql.charAt(at);
    if (QUOTES.has(c)) {
      at = quoteEnd(sql, at);
      if (at === Infinity) return false;
    } else if (c === ';' || c === '#' || c === '\\' || c === '\0' || COMMENTS.has(sql.slice(at, at + 2))) return false;
  }
  return sql !== '';
}

/** Where the closing quote stands; beyond the end where there is none. */
function quoteEnd(sql: string, start: number): number {
  const quote = sql.charAt(start);
  let at = start + 1;
  for (; at < sql.length; at++) {
    const c = sql.charAt(at);
    if (c === '\\' && quote !== '`') at++;
    else if (c === quote && sql.charAt(at + 1) === quote) at++;
    else if (c === quote) return at;
  }
  return Infinity;
}
