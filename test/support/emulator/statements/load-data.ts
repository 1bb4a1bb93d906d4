import type { Parser } from '../sql/parser.ts';
import { isSymbol, isWord } from '../sql/parser.ts';
import { fromWire, toWire } from '../sql/quoting.ts';
import type { Token } from '../sql/tokens.ts';
import { resolve, type Context, type TableName } from './context.ts';
import { applyEdits, type Edit } from './edits.ts';
import { definitionNow } from './show-create.ts';

const LABELS = String.raw`\(((?:'(?:[^'\\]|''|\\.)*',?)+)\)`;

/**
 * MatrixOne's traps of LOAD DATA: in an enum, a label of digits is taken for the number of a label; in an enum or set,
 * an empty text is NULL; and spaces around JSON do not matter.
 */
export const loadStatement = async (parser: Parser, context: Context): Promise<string | undefined> => {
  if (!parser.take('load', 'data')) return undefined;
  const { sql, tokens } = parser;
  const columns = columnList(tokens);
  const name = tableName(tokens);
  if (columns.length === 0 || name === undefined) return sql;
  const definition = await definitionOf(resolve(context, name), context);
  const edits: Edit[] = [];
  const sets: string[] = [];
  for (const [i, column] of columns.entries()) {
    const value = loadedValue(definition, fromWire(column.text), `@mo${i}`);
    if (value === undefined) continue;
    edits.push({ start: column.start, end: column.end, text: `@mo${i}` });
    sets.push(`${sql.slice(column.start, column.end)} = ${toWire(value)}`);
  }
  return sets.length === 0 ? sql : `${applyEdits(sql, edits)} set ${sets.join(', ')}`;
};

const tableName = (tokens: readonly Token[]): { database: string | undefined; table: string } | undefined => {
  const at = tokens.findIndex((token, i) => isWord(token, 'table') && isWord(tokens[i - 1], 'into')) + 1;
  const first = tokens[at]?.text;
  if (at === 0 || first === undefined) return undefined;
  return isSymbol(tokens[at + 1], '.')
    ? { database: first, table: tokens[at + 2]?.text ?? '' }
    : { database: undefined, table: first };
};

/** The columns in the parentheses at the statement's end. */
const columnList = (tokens: readonly Token[]): Token[] => {
  if (!isSymbol(tokens.at(-1), ')')) return [];
  const open = tokens.findLastIndex((token) => isSymbol(token, '('));
  return tokens.slice(open + 1).filter(({ kind }) => kind === 'name' || kind === 'word');
};

const definitionOf = async (name: TableName, context: Context): Promise<string> =>
  context.temporary.definition(name.table) ?? (await definitionNow(name, context)) ?? '';

const loadedValue = (definition: string, column: string, variable: string): string | undefined => {
  const name = column.replaceAll('`', '``').replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const quoted = `\`${name}\`\\s+`;
  const text = `convert(nullif(${variable}, '') using utf8mb4)`;
  const labels = new RegExp(`${quoted}enum${LABELS}`, 'is').exec(definition)?.[1];
  if (labels !== undefined) return `if(${variable} regexp '^[0-9]+$', elt(${variable}, ${labels}), ${text})`;
  if (new RegExp(`${quoted}set\\(`, 'i').test(definition)) return text;
  return new RegExp(`${quoted}json\\b`, 'i').test(definition) ? `trim(convert(${variable} using utf8mb4))` : undefined;
};
