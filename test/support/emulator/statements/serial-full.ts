import { isSymbol, isWord } from '../sql/parser.ts';
import type { Token } from '../sql/tokens.ts';
import type { Edit } from './edits.ts';

const BEFORE = 'ifnull(hex(concat(';
const AFTER = ")), '-')";

/**
 * `serial_full(a, b, …)`, one text of all values. Other bytes than MatrixOne's, but different for different values, NULL
 * among them, as its are.
 */
export const serialFullEdits = (tokens: readonly Token[]): Edit[] =>
  tokens.flatMap((token, i) =>
    isWord(token, 'serial_full') && isSymbol(tokens[i + 1], '(') ? callEdits(tokens, i) : [],
  );

const callEdits = (tokens: readonly Token[], name: number): Edit[] => {
  const edits = [
    { start: tokens[name]?.start ?? 0, end: tokens[name + 1]?.end ?? 0, text: `concat_ws('#', ${BEFORE}` },
  ];
  let depth = 1;
  for (const token of tokens.slice(name + 2)) {
    if (isSymbol(token, '(')) depth++;
    if (isSymbol(token, ')') && --depth === 0) return [...edits, { ...token, text: `${AFTER})` }];
    if (isSymbol(token, ',') && depth === 1) edits.push({ ...token, text: `${AFTER}, ${BEFORE}` });
  }
  return edits;
};
