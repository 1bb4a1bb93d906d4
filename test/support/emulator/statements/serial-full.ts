import { isSymbol, isWord } from '../sql/parser.ts';
import { type Token, tokenize } from '../sql/tokens.ts';
import { applyEdits, type Edit } from './edits.ts';

/**
 * MatrixOne packs values of any type, NULL included, into bytes that no other values give. The bytes here differ from
 * MatrixOne's, but have the same property: each value in its text form, after its length.
 */
export const serialFullEdits = (sql: string, tokens: readonly Token[]): Edit[] =>
  calls(sql, tokens, 'serial_full').map(({ start, end, items }) => {
    const packed = items.map((item) => `ifnull(concat(length(${bytes(item)}), ':', ${bytes(item)}), '-')`);
    return { start, end, text: `concat(${packed.join(', ')}, '')` };
  });

/**
 * A hash of 64 bits as a signed number. It differs from MatrixOne's, and like it sees a mark before each value and no
 * length.
 */
export const hashValueEdits = (sql: string, tokens: readonly Token[]): Edit[] =>
  calls(sql, tokens, 'hash_value').map(({ start, end, items }) => {
    const values = items.map(withPacked).map((item) => `ifnull(concat(X'00', ${bytes(item)}), X'01')`);
    const bits = `conv(left(md5(concat(${values.join(', ')})), 16), 16, 10)`;
    return { start, end, text: `cast(cast(${bits} as unsigned) as signed)` };
  });

const bytes = (item: string): string => `cast(${item} as binary)`;

/** An argument in which serial_full is replaced, too. */
const withPacked = (item: string): string => applyEdits(item, serialFullEdits(item, tokenize(item)));

interface Call {
  readonly start: number;
  readonly end: number;
  readonly items: readonly string[];
}

/** The calls of a function that are not within a call of hash_value. */
function calls(sql: string, tokens: readonly Token[], name: string): Call[] {
  const found: Call[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const isCall = isSymbol(tokens[i + 1], '(') && (isWord(tokens[i], name) || isWord(tokens[i], 'hash_value'));
    if (!isCall) continue;
    const { items, last } = list(sql, tokens, i + 2);
    const [start, end] = [tokens[i]?.start ?? 0, tokens[last]?.end ?? sql.length];
    if (isWord(tokens[i], name)) found.push({ start, end, items });
    i = last;
  }
  return found;
}

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
