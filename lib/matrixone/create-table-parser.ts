import type { Column } from '../replication/change.ts';
import { parseColumn } from './column-parser.ts';
import { closing, isSymbol, textOf, tokens, type Token } from './sql-tokens.ts';

export interface ParsedColumn extends Column {
  /** The labels of an enum or set, in order. */
  readonly labels: readonly string[] | undefined;
  readonly autoIncrement: boolean;
  readonly comment: string | undefined;
  /** A text without its quotes, or an expression as printed; undefined for none, for NULL, and where it is printed wrong. */
  readonly defaultValue: { readonly text: string; readonly quoted: boolean } | undefined;
  /** As printed, without its comment. */
  readonly definition: string;
  /** That without the default, where this cannot be declared as it is printed. */
  readonly declaration: string;
}

export interface ParsedIndex {
  readonly kind: 'unique' | 'plain' | 'special';
  readonly name: string;
  readonly columns: readonly string[];
  /** As printed. */
  readonly definition: string;
}

/** What CREATE TABLE says about a base table. */
export interface ParsedTable {
  readonly columns: readonly ParsedColumn[];
  readonly key: readonly string[];
  readonly indexes: readonly ParsedIndex[];
  /** CHECK constraints, as printed. */
  readonly checks: readonly string[];
  readonly comment: string | undefined;
  /** What follows the columns, as printed, without the comment: partitions, clustering, engine. */
  readonly options: string;
}

/** Reads CREATE TABLE as MatrixOne (or MariaDB) prints it; undefined for views, external tables and the like. */
export function parseCreateTable(sql: string): ParsedTable | undefined {
  const all = tokens(sql);
  if (!/^CREATE (?:TEMPORARY )?TABLE\b/u.test(wordsBefore(all, 'name'))) return undefined;
  const open = all.findIndex((token) => isSymbol(token, '('));
  const close = closing(all, open);
  const items = splitItems(all.slice(open + 1, close));
  const columns = items.filter((item) => item[0]?.kind === 'name').map((item) => parseColumn(sql, item));
  const others = items.filter((item) => item[0]?.kind !== 'name');
  return {
    columns: columns.map(({ column }) => column),
    key: primaryKey(others) ?? columns.filter(({ primary }) => primary).map(({ column }) => column.name),
    indexes: others.flatMap((item) => parseIndex(sql, item)),
    checks: others.filter(isCheck).map((item) => textOf(sql, item)),
    ...tableOptions(sql, all.slice(close + 1)),
  };
}

function wordsBefore(all: readonly Token[], kind: Token['kind']): string {
  const end = all.findIndex((token) => token.kind === kind);
  return all
    .slice(0, Math.max(end, 0))
    .map((token) => token.text)
    .join(' ');
}

function splitItems(all: readonly Token[]): Token[][] {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const token of all) {
    if (isSymbol(token, '(')) depth++;
    if (isSymbol(token, ')')) depth--;
    if (depth === 0 && isSymbol(token, ',')) items.push([]);
    else items.at(-1)?.push(token);
  }
  return items.filter((item) => item.length > 0);
}

const words = (item: readonly Token[]): string => item.map((t) => (t.kind === 'word' ? t.text : '?')).join(' ');

const primaryKey = (others: readonly Token[][]): string[] | undefined =>
  others.filter((item) => /^(?:CONSTRAINT \? )?PRIMARY KEY/u.test(words(item))).map(listedNames)[0];

const isCheck = (item: readonly Token[]): boolean => /^(?:CONSTRAINT \? )?CHECK\b/u.test(words(item));

/** The names in the first parentheses: the columns of a key, not its own name. */
function listedNames(item: readonly Token[]): string[] {
  const open = item.findIndex((token) => isSymbol(token, '('));
  return item.slice(open, closing(item, open)).flatMap((token) => (token.kind === 'name' ? [token.text] : []));
}

function parseIndex(sql: string, item: readonly Token[]): ParsedIndex[] {
  const head = words(item);
  if (!/^(?:UNIQUE|KEY|INDEX|FULLTEXT|SPATIAL)\b/u.test(head)) return [];
  const open = item.findIndex((token) => isSymbol(token, '('));
  const name = item.slice(0, open).find((token) => token.kind === 'name')?.text ?? '';
  const special = /^(?:FULLTEXT|SPATIAL)|USING (?!BTREE|HASH)/u.test(head);
  const kind = special ? 'special' : head.startsWith('UNIQUE') ? 'unique' : 'plain';
  return [{ kind, name, columns: listedNames(item), definition: textOf(sql, item) }];
}

function tableOptions(sql: string, rest: readonly Token[]): Pick<ParsedTable, 'comment' | 'options'> {
  const all = rest.filter((token) => !isSymbol(token, ';'));
  const at = all.findIndex((token) => token.kind === 'word' && token.text === 'COMMENT');
  if (at < 0) return { comment: undefined, options: textOf(sql, all) };
  const string = all.findIndex((token, i) => i > at && token.kind === 'string');
  const options = [all.slice(0, at), all.slice(string + 1)].map((part) => (part.length === 0 ? '' : textOf(sql, part)));
  return { comment: all[string]?.text ?? '', options: options.filter((part) => part !== '').join(' ') };
}
