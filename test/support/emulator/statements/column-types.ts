import { isSymbol } from '../sql/parser.ts';
import type { Token } from '../sql/tokens.ts';
import type { Edit } from './edits.ts';

const ROOMY: Readonly<Record<string, string>> = { text: 'longtext', blob: 'longblob' };
const BEFORE_NAMES = new Set(['add', 'column', 'modify', 'change', 'after', 'key', 'index', 'exists', 'to', 'drop']);

/** Types that MariaDB does not have, or reads or prints in another way. */
const FOREIGN =
  /^(?:uuid|datalink|array|vec(?:f32|f64|bf16|f16|int8|uint8)|(?:geometry|point|linestring|polygon|multipoint|multilinestring|multipolygon|geometrycollection)(?:32)?)$/i;
const MOST_DECIMALS = 38;

/**
 * MatrixOne has one text and one blob type, as large as MariaDB's largest. If MariaDB does not have a type, or has
 * another one of that name, the column is a text with a check that holds the declared type. Clients must write its
 * values as MatrixOne prints them.
 */
export const columnTypeEdits = (sql: string, tokens: readonly Token[]): Edit[] => {
  if (!/^\s*(?:create|alter)\s+(?:temporary\s+)?table\b/i.test(sql)) return [];
  return tokens.flatMap((token, i) => {
    const before = tokens[i - 1];
    const afterName =
      before?.kind === 'name' || (before?.kind === 'word' && !BEFORE_NAMES.has(before.text.toLowerCase()));
    if (token.kind !== 'word' || !afterName) return [];
    if (/^char$/i.test(token.text)) return declaredEdits(sql, tokens, i, fixedLength);
    if (isForeign(tokens, i)) return declaredEdits(sql, tokens, i, () => 'longtext');
    const text = ROOMY[token.text.toLowerCase()];
    return text === undefined ? [] : [{ start: token.start, end: token.end, text }];
  });
};

const isForeign = (tokens: readonly Token[], i: number): boolean => {
  const name = tokens[i]?.text ?? '';
  if (FOREIGN.test(name)) return true;
  return /^decimal$/i.test(name) && isSymbol(tokens[i + 3], ',') && Number(tokens[i + 4]?.text) > MOST_DECIMALS;
};

/** A CHAR of MatrixOne keeps trailing spaces. */
const fixedLength = (declared: string): string => `var${declared === 'char' ? 'char(1)' : declared}`;

const declaredEdits = (
  sql: string,
  tokens: readonly Token[],
  first: number,
  storedAs: (declared: string) => string,
): Edit[] => {
  const last = typeEnd(tokens, first);
  const start = tokens[first]?.start ?? 0;
  const end = tokens[last]?.end ?? 0;
  const declared = sql.slice(start, end).toLowerCase().replace(/\s+/g, ' ');
  const at = itemEnd(tokens, last) ?? sql.length;
  return [
    { start, end, text: storedAs(declared) },
    { start: at, end: at, text: ` check ('${declared === 'char' ? 'char(1)' : declared}' <> '') ` },
  ];
};

/** The last token of the type: its name, then the parentheses, then an SRID. */
const typeEnd = (tokens: readonly Token[], first: number): number => {
  let last = first;
  if (isSymbol(tokens[first + 1], '(')) {
    let depth = 0;
    do {
      last += 1;
      if (isSymbol(tokens[last], '(')) depth += 1;
      if (isSymbol(tokens[last], ')')) depth -= 1;
    } while (depth > 0 && last < tokens.length);
  }
  return tokens[last + 1]?.text.toLowerCase() === 'srid' ? last + 2 : last;
};

/** Where the column's definition ends, in CREATE TABLE and ALTER TABLE. */
const itemEnd = (tokens: readonly Token[], last: number): number | undefined => {
  let depth = 0;
  for (const token of tokens.slice(last + 1)) {
    if (isSymbol(token, '(')) depth += 1;
    if (depth === 0 && (isSymbol(token, ',') || isSymbol(token, ')') || isSymbol(token, ';'))) return token.start;
    if (depth === 0 && token.kind === 'word' && /^(?:after|first)$/i.test(token.text)) return token.start;
    if (isSymbol(token, ')')) depth -= 1;
  }
  return undefined;
};
