import { CdcError } from '../errors.ts';

/**
 * Returns the statement if it is a single one; throws INTERNAL otherwise. Assumes that backslashes escape, as in all
 * our sessions. MatrixOne runs whatever follows a semicolon, even if the client did not ask for that. No statement of
 * ours is ever refused: this check protects a user's database from a mistake of ours.
 */
export function oneStatement(sql: string): string {
  if (isOne(sql)) return sql;
  throw new CdcError('INTERNAL', `A statement was not sent, because it is not a single one: ${sql.slice(0, 200)}`);
}

const QUOTES = new Set(["'", '"', '`']);
/** Beginnings and ends of comments. */
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

/** Position of the closing quote; Infinity if there is none. */
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
