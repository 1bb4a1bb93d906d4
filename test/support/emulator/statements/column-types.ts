import type { Token } from '../sql/tokens.ts';
import type { Edit } from './edits.ts';

const ROOMY: Readonly<Record<string, string>> = { text: 'longtext', blob: 'longblob' };
const BEFORE_NAMES = new Set(['add', 'column', 'modify', 'change', 'after', 'key', 'index', 'exists', 'to', 'drop']);

/** MatrixOne has one text and one blob type, as large as MariaDB's largest. */
export const columnTypeEdits = (sql: string, tokens: readonly Token[]): Edit[] => {
  if (!/^\s*(?:create|alter)\s+(?:temporary\s+)?table\b/i.test(sql)) return [];
  return tokens.flatMap((token, i) => {
    const text = token.kind === 'word' ? ROOMY[token.text.toLowerCase()] : undefined;
    const before = tokens[i - 1];
    const afterName =
      before?.kind === 'name' || (before?.kind === 'word' && !BEFORE_NAMES.has(before.text.toLowerCase()));
    return text !== undefined && afterName ? [{ start: token.start, end: token.end, text }] : [];
  });
};
