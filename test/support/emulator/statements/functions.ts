import { isSymbol } from '../sql/parser.ts';
import { literal } from '../sql/quoting.ts';
import type { Token } from '../sql/tokens.ts';
import { SERVER_VERSION } from '../wire/handshake.ts';
import type { Edit } from './edits.ts';

const FUNCTIONS: Readonly<Record<string, string>> = {
  version: `'${SERVER_VERSION}'`,
  current_account_id: '0',
  current_user_id: '0',
  current_role_name: "'moadmin'",
  current_role_id: '0',
};

const VARIABLES: Readonly<Record<string, string>> = {
  '@@version': `'${SERVER_VERSION}'`,
  '@@version_comment': "'MatrixOne'",
  '@@local_infile': '0',
};

/** MatrixOne's answers to functions and variables that MariaDB does not know or answers in another way. */
export const functionEdits = (sql: string, tokens: readonly Token[], account: string): Edit[] => {
  const functions: Readonly<Record<string, string>> = { ...FUNCTIONS, current_account_name: literal(account) };
  return tokens.flatMap((token, i) => {
    if (token.kind !== 'word') return [];
    const name = token.text.toLowerCase();
    const called = isSymbol(tokens[i + 1], '(') && isSymbol(tokens[i + 2], ')');
    const qualifies = isSymbol(tokens[i - 1], '.');
    if (called && !qualifies && Object.hasOwn(functions, name)) {
      return [edit(sql, tokens, i, i + 2, functions[name] ?? '')];
    }
    if (name === 'st_geomfromtext' && tokens[i + 2]?.kind === 'string') return [geometry(sql, tokens, i)];
    const { variable, last } = systemVariable(tokens, i);
    return Object.hasOwn(VARIABLES, variable) ? [edit(sql, tokens, i, last, VARIABLES[variable] ?? '')] : [];
  });
};

/** A geometry is the text that MatrixOne prints. Its SRID is that of the column. */
const geometry = (sql: string, tokens: readonly Token[], i: number): Edit => {
  const last = isSymbol(tokens[i + 3], ',') ? i + 5 : i + 3;
  const text = sql.slice(tokens[i + 2]?.start, tokens[i + 2]?.end);
  return { start: tokens[i]?.start ?? 0, end: tokens[last]?.end ?? 0, text };
};

/** `@@x`, `@@global.x` and `@@session.x`. */
const systemVariable = (tokens: readonly Token[], i: number): { readonly variable: string; readonly last: number } => {
  const word = tokens[i]?.text.toLowerCase() ?? '';
  const scoped = (word === '@@global' || word === '@@session') && isSymbol(tokens[i + 1], '.');
  if (!scoped) return { variable: word, last: i };
  return { variable: `@@${tokens[i + 2]?.text.toLowerCase() ?? ''}`, last: i + 2 };
};

/** If the edit replaces a whole item of the select list, the item keeps its name. */
const edit = (sql: string, tokens: readonly Token[], first: number, last: number, value: string): Edit => {
  const start = tokens[first]?.start ?? 0;
  const end = tokens[last]?.end ?? 0;
  const before = tokens[first - 1];
  const after = tokens[last + 1];
  const begins = before?.text.toLowerCase() === 'select' || isSymbol(before, ',');
  const ends = after === undefined || [',', ';', 'from', 'limit'].includes(after.text.toLowerCase());
  return { start, end, text: begins && ends ? `${value} as \`${sql.slice(start, end)}\`` : value };
};
