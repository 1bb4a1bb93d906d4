import { isWord, Parser } from '../sql/parser.ts';
import type { Token } from '../sql/tokens.ts';
import type { Edit } from './edits.ts';

const PARTITIONS = /^partition(?:s|ing)?$/i;
const TABLESPACE = /^(?:discard|import)$/i;

/**
 * MatrixOne alters most tables by making a copy with a number of its own, while writers wait. Each statement tells
 * MariaDB to do the same. MariaDB 11.5 and later have no setting for this; they would alter tables in place and keep
 * the number.
 */
export const copyingAlterEdits = (sql: string): Edit[] => {
  const parser = new Parser(sql);
  if (takeAlterTable(parser)) return alterEdits(parser);
  if (parser.take('drop', 'index')) return dropIndexEdits(parser);
  if (!takeCreateIndex(parser)) return [];
  const end = parser.tokens.at(-1)?.end ?? sql.length;
  return [{ start: end, end, text: ' algorithm = copy lock = shared' }];
};

function takeAlterTable(parser: Parser): boolean {
  if (!parser.take('alter')) return false;
  parser.take('ignore');
  return parser.take('table');
}

/** A change of partitions takes no such clause. */
function alterEdits(parser: Parser): Edit[] {
  parser.take('if', 'exists');
  parser.qualifiedName();
  const [first, second] = [parser.peek(), parser.peek(1)];
  if (first === undefined || isWordLike(second, PARTITIONS) || isWordLike(first, TABLESPACE)) return [];
  const comma = isWordLike(first, PARTITIONS) ? '' : ',';
  return [{ start: first.start, end: first.start, text: `algorithm = copy, lock = shared${comma} ` }];
}

const isWordLike = (token: Token | undefined, pattern: RegExp): boolean =>
  token?.kind === 'word' && pattern.test(token.text);

/** MariaDB's DROP INDEX takes no such clause, so it becomes an ALTER TABLE. */
function dropIndexEdits({ sql, tokens }: Parser): Edit[] {
  const on = tokens.findIndex((token) => isWord(token, 'on'));
  const [last, drop, table] = [tokens[on - 1], tokens[0], tokens[on + 1]];
  if (last === undefined || drop === undefined || table === undefined) return [];
  const text = ` algorithm = copy, lock = shared, ${sql.slice(drop.start, last.end)}`;
  const end = tokens.at(-1)?.end ?? sql.length;
  return [
    { start: drop.start, end: table.start, text: 'alter table ' },
    { start: end, end, text },
  ];
}

function takeCreateIndex(parser: Parser): boolean {
  if (!parser.take('create')) return false;
  for (const kind of ['or', 'replace', 'unique', 'fulltext', 'spatial']) parser.take(kind);
  return parser.take('index');
}
