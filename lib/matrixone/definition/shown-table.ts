import { parseExpression } from './expression.ts';
import type { IndexPart, TableCheck, TableDefinition, TableIndex } from '../../data/table-definition.ts';
import { shownColumn } from './shown-column.ts';
import { closing, isSymbol, textOf, type Token, tokens, words } from './shown-tokens.ts';

/**
 * Reads a CREATE TABLE. `escapes`: does a backslash in a text escape the next character? It does not in the answers of
 * MatrixOne, which prints texts as they are and only doubles their quotes.
 */
export function shownTable(sql: string, escapes: boolean): TableDefinition {
  const all = tokens(sql, escapes);
  const open = all.findIndex((token) => isSymbol(token, '('));
  const close = closing(all, open);
  const items = splitItems(all.slice(open + 1, close));
  const named = items.filter((item) => item[0]?.kind === 'name');
  const names = named.map((item) => item[0]?.text ?? '');
  const columns = named.map((item) => shownColumn(sql, item, names));
  const others = items.filter((item) => item[0]?.kind !== 'name');
  const comment = commentOf(all.slice(close + 1));
  const found = others.filter(isCheck).map((item) => checkOf(sql, item, names));
  const checks = found.filter((check) => check.condition.length > 0);
  const unknown = found.filter((check) => check.condition.length === 0).map(({ name }) => `the check ${name}`);
  return {
    columns: columns.map(({ column }) => column),
    primaryKey: primaryKey(others) ?? columns.filter(({ primary }) => primary).map(({ column }) => column.name),
    indexes: others.flatMap(indexOf),
    ...(checks.length === 0 ? {} : { checks }),
    ...(unknown.length === 0 ? {} : { notUnderstood: unknown }),
    ...(comment === undefined ? {} : { comment }),
  };
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

const primaryKey = (others: readonly Token[][]): string[] | undefined =>
  others
    .filter((item) => /^(?:CONSTRAINT \? )?PRIMARY KEY/u.test(words(item)))
    .map((item) => partsOf(item).map(({ column }) => column))[0];

/** Reads the names in the first parentheses: the columns of a key, not the key's own name. */
function partsOf(item: readonly Token[]): IndexPart[] {
  const open = item.findIndex((token) => isSymbol(token, '('));
  const inside = item.slice(open, closing(item, open));
  return inside.flatMap((token, i): IndexPart[] => {
    if (token.kind !== 'name') return [];
    const length = isSymbol(inside[i + 1], '(') ? Number(inside[i + 2]?.text) : undefined;
    return [{ column: token.text, ...(length === undefined ? {} : { length }) }];
  });
}

function indexOf(item: readonly Token[]): TableIndex[] {
  const head = words(item);
  if (!/^(?:UNIQUE|KEY|INDEX|FULLTEXT|SPATIAL)\b/u.test(head)) return [];
  const open = item.findIndex((token) => isSymbol(token, '('));
  const name = item.slice(0, open).find((token) => token.kind === 'name')?.text ?? '';
  const comment = item.findIndex((token) => token.text === 'COMMENT');
  const said = comment < 0 ? undefined : item[comment + 1]?.text;
  const shared = { name, parts: partsOf(item), ...(said === undefined ? {} : { comment: said }) };
  const using = /USING (?!BTREE|HASH)(\w+)/u.exec(head)?.[1];
  const special = head.startsWith('FULLTEXT')
    ? 'fulltext'
    : head.startsWith('SPATIAL')
      ? 'rtree'
      : using?.toLowerCase();
  if (special !== undefined) return [{ ...shared, kind: 'special', algorithm: special, settings: {} }];
  return [{ ...shared, kind: head.startsWith('UNIQUE') ? 'unique' : 'plain' }];
}

const isCheck = (item: readonly Token[]): boolean => /^(?:CONSTRAINT \? )?CHECK\b/u.test(words(item));

/** Reads a check. Its condition is empty if it was not understood. */
function checkOf(sql: string, item: readonly Token[], names: readonly string[]): TableCheck {
  const open = item.findIndex((token) => isSymbol(token, '('));
  const condition = parseExpression(textOf(sql, item.slice(open + 1, closing(item, open))), names);
  return { name: item[1]?.kind === 'name' ? item[1].text : '', condition: condition ?? [] };
}

function commentOf(rest: readonly Token[]): string | undefined {
  const at = rest.findIndex((token) => token.kind === 'word' && token.text.startsWith('COMMENT'));
  return at < 0 ? undefined : rest.slice(at).find((token) => token.kind === 'string')?.text;
}
