import { isSymbol, isWord } from '../sql/parser.ts';
import { qualified } from '../sql/quoting.ts';
import type { Token } from '../sql/tokens.ts';
import type { Edit } from './edits.ts';

/** `mo_table_rows('db', 't')`: MatrixOne keeps this number; the emulator counts. */
export const tableRowsEdits = (sql: string, tokens: readonly Token[]): Edit[] =>
  tokens.flatMap((token, i) => {
    if (!isWord(token, 'mo_table_rows') || !isSymbol(tokens[i + 1], '(') || !isSymbol(tokens[i + 5], ')')) return [];
    const name = qualified(tokens[i + 2]?.text ?? '', tokens[i + 4]?.text ?? '');
    return [{ start: token.start, end: tokens[i + 5]?.end ?? sql.length, text: `(select count(*) from ${name})` }];
  });
