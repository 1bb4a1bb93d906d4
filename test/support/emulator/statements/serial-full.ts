import { isSymbol, isWord } from '../sql/parser.ts';
import type { Token } from '../sql/tokens.ts';
import type { Edit } from './edits.ts';

/**
 * MatrixOne packs values of any type, NULL included, into bytes that no other values give. The bytes here differ from
 * MatrixOne's, but have the same property: each value in its text form, after its length.
 */
export const serialFullEdits = (sql: string, tokens: readonly Token[]): Edit[] =>
  tokens.flatMap((token, i) => {
    if (!isWord(token, 'serial_full') || !isSymbol(tokens[i + 1], '(')) return [];
    const { items, last } = list(sql, tokens, i + 2);
    const packed = items.map(
      (item) => `ifnull(concat(length(cast(${item} as binary)), ':', cast(${item} as binary)), '-')`,
    );
    return [{ start: token.start, end: tokens[last]?.end ?? sql.length, text: `concat(${packed.join(', ')}, '')` }];
  });

/** A hash of 64 bits as a signed number. It differs from MatrixOne's. */
export const hashValueEdits = (sql: string, tokens: readonly Token[]): Edit[] =>
  tokens.flatMap((token, i) => {
    if (!isWord(token, 'hash_value') || !isSymbol(tokens[i + 1], '(')) return [];
    const { items, last } = list(sql, tokens, i + 2);
    const bits = `conv(left(md5(concat_ws('#', ${items.map((item) => `ifnull(${item}, '-')`).join(', ')})), 16), 16, 10)`;
    const text = `cast(cast(${bits} as unsigned) as signed)`;
    return [{ start: token.start, end: tokens[last]?.end ?? sql.length, text }];
  });

/** The items before the closing parenthesis, which is the last token. */
const list = (sql: string, tokens: readonly Token[], first: number): { items: string[]; last: number } => {
  const items: string[] = [];
  let depth = 0;
  let start = first;
  for (let i = first; i < tokens.length; i += 1) {
    const ends = depth === 0 && (isSymbol(tokens[i], ',') || isSymbol(tokens[i], ')'));
    if (ends) items.push(sql.slice(tokens[start]?.start, tokens[i - 1]?.end));
    if (ends && isSymbol(tokens[i], ')')) return { items, last: i };
    if (ends) start = i + 1;
    if (isSymbol(tokens[i], '(')) depth += 1;
    if (isSymbol(tokens[i], ')')) depth -= 1;
  }
  return { items, last: tokens.length - 1 };
};
