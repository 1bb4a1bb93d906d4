import { tableAt } from '../snapshots.ts';
import type { TrackedTable } from '../history/catalogue.ts';
import { notSupported } from '../matrixone-error.ts';
import { isSymbol, isWord, type QualifiedName } from '../sql/parser.ts';
import { identifier, toWire } from '../sql/quoting.ts';
import type { Token } from '../sql/tokens.ts';
import { columnsAt } from './catalogued-columns.ts';
import { resolve, type Context } from './context.ts';
import type { Edit } from './edits.ts';

/** Words that may follow a table that has no alias. */
const NO_ALIAS = new Set(
  (
    'where join left right inner cross natural straight_join on using group order limit having union except ' +
    'intersect for window procedure into set lock use force ignore against columns output offset returning'
  ).split(' '),
);

export interface TimedTable {
  readonly name: QualifiedName;
  /** The name of the snapshot, or a time in nanoseconds. */
  readonly snapshot: string;
  readonly isTime: boolean;
  /** The first of its tokens, and the one after the last. */
  readonly first: number;
  readonly next: number;
}

/** The `db.t{snapshot='s'}` and `db.t{MO_TS=n}` of a statement. */
export const timedTables = (tokens: readonly Token[]): TimedTable[] =>
  tokens.flatMap((token, i) => {
    if (!isSymbol(token, '{')) return [];
    const hint = tokens[i + 1];
    if (isWord(hint, 'as') || isWord(hint, 'timestamp')) {
      throw notSupported('reading at a time by {AS OF TIMESTAMP …} or {TIMESTAMP = …}');
    }
    if (
      !(isWord(hint, 'snapshot') || isWord(hint, 'mo_ts')) ||
      !isSymbol(tokens[i + 2], '=') ||
      !isSymbol(tokens[i + 4], '}')
    )
      return [];
    return [timedTable(tokens, i)];
  });

const timedTable = (tokens: readonly Token[], brace: number): TimedTable => {
  const table = tokens[brace - 1]?.text ?? '';
  const snapshot = tokens[brace + 3]?.text ?? '';
  const hasDatabase = isSymbol(tokens[brace - 2], '.');
  const database = hasDatabase ? tokens[brace - 3]?.text : undefined;
  return {
    name: { database, table },
    snapshot,
    isTime: isWord(tokens[brace + 1], 'mo_ts'),
    first: brace - (hasDatabase ? 3 : 1),
    next: brace + 5,
  };
};

/** `isDone` is true if another edit already replaces the same text. */
export const timedTableEdits = (
  tokens: readonly Token[],
  context: Context,
  isDone: (edit: Pick<Edit, 'start'>) => boolean,
): Edit[] => {
  const resolved = new Map<string, string>();
  const hidden = namesRowIds(tokens);
  const open = timedTables(tokens).filter(({ first }) => !isDone({ start: tokens[first]?.start ?? 0 }));
  return open.map((timed) => {
    const { database, table } = resolve(context, timed.name);
    // MatrixOne's trap: if one query reads a table at two snapshots, it reads one of them twice.
    const key = JSON.stringify([database, table]);
    const expression = resolved.get(key) ?? tableExpression(timed, database, table, context, hidden);
    resolved.set(key, expression);
    const alias = hasAlias(tokens[timed.next]) ? '' : ` as ${identifier(table)}`;
    const start = tokens[timed.first]?.start ?? 0;
    return { start, end: tokens[timed.next - 1]?.end ?? 0, text: toWire(expression + alias) };
  });
};

const tableExpression = (
  { snapshot, isTime }: TimedTable,
  database: string,
  table: string,
  context: Context,
  hidden: boolean,
): string => {
  const { cut } = isTime ? context.snapshots.findAt(snapshot) : context.snapshots.find(snapshot);
  if (database.toLowerCase() === 'mo_catalog') {
    if (table.toLowerCase() === 'mo_tables') return context.catalog.tablesAt(cut);
    if (table.toLowerCase() === 'mo_columns') return columnsAt(cut);
    throw notSupported(`${database}.${table} at a snapshot`);
  }
  return versionsAt(tableAt(cut, database, table, snapshot), cut.version, hidden);
};

/** The rows of a table at a cut. If the statement asks for row ids, they have the hidden column. */
const versionsAt = ({ shape, history }: TrackedTable, version: number, hidden: boolean): string => {
  const columns = shape.columns.map((column) => identifier(column.name));
  const all = hidden ? [...columns, `${history.versionId('h')} as ${ROW_ID}`] : columns;
  return `(select ${all.join(', ')} from ${history.name} h where ${history.visible('h', version)})`;
};

const ROW_ID = '__mo_rowid';

const namesRowIds = (tokens: readonly Token[]): boolean => tokens.some((token) => isWord(token, ROW_ID));

/** Reads tables as they are now from their versions, if the statement asks for row ids: only versions have these. */
export const rowIdEdits = async (tokens: readonly Token[], context: Context): Promise<Edit[]> => {
  if (!namesRowIds(tokens)) return [];
  const edits: Edit[] = [];
  for (const [i, token] of tokens.entries()) {
    if (!isWord(token, 'from') || isSymbol(tokens[i + 1], '(')) continue;
    const hasDatabase = isSymbol(tokens[i + 2], '.');
    const last = i + (hasDatabase ? 3 : 1);
    if (isSymbol(tokens[last + 1], '{')) continue;
    const name = { database: hasDatabase ? tokens[i + 1]?.text : undefined, table: tokens[last]?.text ?? '' };
    const { database, table } = resolve(context, name);
    const { cut, table: tracked } = await context.snapshots.now(database, table);
    const alias = hasAlias(tokens[last + 1]) ? '' : ` as ${identifier(table)}`;
    const text = toWire(versionsAt(tracked, cut.version, true) + alias);
    edits.push({ start: tokens[i + 1]?.start ?? 0, end: tokens[last]?.end ?? 0, text });
  }
  return edits;
};

const hasAlias = (next: Token | undefined): boolean => {
  if (next?.kind === 'name') return true;
  return next?.kind === 'word' && !NO_ALIAS.has(next.text.toLowerCase());
};
