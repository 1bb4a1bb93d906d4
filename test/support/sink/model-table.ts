import type { TableSchema } from '../../../lib/data/change.ts';
import type { TableIndex } from '../../../lib/data/table-definition.ts';
import type { Dialect, IndexLine, SinkDescription } from '../../../lib/sink/dialect/dialect.ts';

interface ModelColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}

interface ModelIndex {
  readonly name: string;
  readonly kind: 'unique' | 'plain';
  readonly columns: readonly string[];
}

/** A table as a server has it, without its rows. Names are words, so that a clause can be read without a parser. */
export interface ModelTable {
  readonly columns: readonly ModelColumn[];
  readonly key: readonly string[];
  readonly indexes: readonly ModelIndex[];
}

/** The table that CREATE TABLE makes of the schema. */
export function modelOf(dialect: Dialect, schema: TableSchema, version: string): ModelTable {
  return {
    columns: dialect.columnLines(schema, version).map(({ line }) => columnOf(line)),
    key: schema.key,
    indexes: dialect.indexLines(schema).lines.map(indexOf),
  };
}

/** What the dialect would describe. */
export function described(dialect: Dialect, { columns, key, indexes }: ModelTable): SinkDescription {
  return {
    columns: columns.map((column) => ({ ...column, generated: false, required: !column.nullable })),
    key,
    uniqueKeys: [],
    indexes: indexes.map((index) => ({
      name: index.name,
      signature: signatureOf(dialect, index),
      columns: index.columns,
    })),
  };
}

/** The table after these clauses of ALTER TABLE, one after the other. Throws for a clause that no server would take. */
export const altered = (table: ModelTable, clauses: readonly string[]): ModelTable => clauses.reduce(step, table);

export const withIndexes = (table: ModelTable, lines: readonly IndexLine[]): ModelTable =>
  altered(
    table,
    lines.map(({ line }) => `add ${line}`),
  );

const NAME = '`(\\w+)`';
const RENAME = new RegExp(`^rename column ${NAME} to ${NAME}$`, 'u');
const CHANGE = new RegExp(`^change column ${NAME} (.*)$`, 'u');
const MODIFY = /^modify column (.*)$/u;
const ADD_COLUMN = new RegExp(`^add column (.*?)(?: first| after ${NAME})?$`, 'u');
const DROP_COLUMN = new RegExp(`^drop column ${NAME}$`, 'u');
const DROP_INDEX = new RegExp(`^drop index ${NAME}$`, 'u');
const ADD_KEY = /^add primary key \((.*)\)$/u;
const ADD_INDEX = /^add ((?:unique )?key .*)$/u;
const LINE = new RegExp(`^${NAME} (.*?) (not null|null)\\b`, 'u');
const INDEX = new RegExp(`^(unique )?key ${NAME} \\((.*)\\)$`, 'u');

function step(table: ModelTable, clause: string): ModelTable {
  const { columns, key, indexes } = table;
  const [, from, to] = RENAME.exec(clause) ?? [];
  if (from !== undefined && to !== undefined) return renamed(table, from, { ...find(table, from), name: to });
  const [, old, line] = CHANGE.exec(clause) ?? [];
  if (old !== undefined && line !== undefined) return renamed(table, old, columnOf(line));
  const modified = MODIFY.exec(clause)?.[1];
  if (modified !== undefined) return renamed(table, columnOf(modified).name, columnOf(modified));
  const [, added, previous] = ADD_COLUMN.exec(clause) ?? [];
  if (added !== undefined) {
    if (previous !== undefined) find(table, previous);
    if (has(table, columnOf(added).name)) throw new Error(`The column is there already: ${clause}`);
    return { ...table, columns: [...columns, columnOf(added)] };
  }
  const dropped = DROP_COLUMN.exec(clause)?.[1];
  if (dropped !== undefined) return withoutColumn(table, dropped);
  const index = DROP_INDEX.exec(clause)?.[1];
  if (index !== undefined) {
    if (!indexes.some(({ name }) => name === index)) throw new Error(`There is no such index: ${clause}`);
    return { ...table, indexes: indexes.filter(({ name }) => name !== index) };
  }
  if (clause === 'drop primary key') {
    if (key.length === 0) throw new Error('There is no primary key to drop.');
    return { ...table, key: [] };
  }
  const newKey = ADD_KEY.exec(clause)?.[1];
  if (newKey !== undefined) return withKey(table, names(newKey));
  const newIndex = ADD_INDEX.exec(clause)?.[1];
  if (newIndex !== undefined) return withIndex(table, indexOf({ line: newIndex }));
  if (clause.startsWith('comment = ')) return table;
  throw new Error(`This clause is not known: ${clause}`);
}

function renamed(table: ModelTable, from: string, column: ModelColumn): ModelTable {
  const old = find(table, from);
  if (same(old.name, column.name)) return replaced(table, old, column);
  if (has(table, column.name)) throw new Error(`There is a column ${column.name} already.`);
  return replaced(table, old, column);
}

function replaced({ columns, key, indexes }: ModelTable, old: ModelColumn, column: ModelColumn): ModelTable {
  const isInKey = key.some((name) => same(name, old.name));
  if (isInKey && column.nullable) throw new Error(`The column ${old.name} of the primary key cannot be NULL.`);
  const spelled = (name: string): string => (same(name, old.name) ? column.name : name);
  return {
    columns: columns.map((each) => (each === old ? column : each)),
    key: key.map(spelled),
    indexes: indexes.map((index) => ({ ...index, columns: index.columns.map(spelled) })),
  };
}

function withoutColumn(table: ModelTable, name: string): ModelTable {
  const column = find(table, name);
  const users = [table.key, ...table.indexes.map((index) => index.columns)].flat();
  if (users.some((each) => same(each, name))) throw new Error(`A key or an index still has the column ${name}.`);
  return { ...table, columns: table.columns.filter((each) => each !== column) };
}

function withKey(table: ModelTable, key: readonly string[]): ModelTable {
  if (table.key.length > 0) throw new Error('There is a primary key already.');
  if (key.some((name) => find(table, name).nullable)) throw new Error('A column of a primary key cannot be NULL.');
  return { ...table, key };
}

function withIndex(table: ModelTable, index: ModelIndex): ModelTable {
  if (table.indexes.some(({ name }) => same(name, index.name))) throw new Error(`There is an index ${index.name}.`);
  for (const name of index.columns) find(table, name);
  return { ...table, indexes: [...table.indexes, index] };
}

function columnOf(line: string): ModelColumn {
  const [, name, type, nullable] = LINE.exec(line) ?? [];
  if (name === undefined || type === undefined) throw new Error(`This is not the declaration of a column: ${line}`);
  return { name, type, nullable: nullable === 'null' };
}

function indexOf({ line }: Pick<IndexLine, 'line'>): ModelIndex {
  const [, unique, name, columns] = INDEX.exec(line) ?? [];
  if (name === undefined || columns === undefined) throw new Error(`This is not the declaration of an index: ${line}`);
  return { name, kind: unique === undefined ? 'plain' : 'unique', columns: names(columns) };
}

/** The signature that the dialect gives an index of this declaration. */
function signatureOf(dialect: Dialect, { name, kind, columns }: ModelIndex): string {
  const index: TableIndex = { name, kind, parts: columns.map((column) => ({ column })) };
  const none = { table: { database: 'd', table: 't' }, id: '1', key: [], hasPrimaryKey: false, hasUniqueKeys: false };
  const typed = columns.map((column) => ({ name: column, type: 'int', nullable: true, generated: false }));
  const [line] = dialect.indexLines({ ...none, columns: typed, details: { indexes: [index] } }).lines;
  if (line === undefined) throw new Error(`The dialect has no index ${name}.`);
  return line.signature;
}

function find({ columns }: ModelTable, name: string): ModelColumn {
  const column = columns.find((each) => same(each.name, name));
  if (column === undefined) throw new Error(`There is no column ${name}.`);
  return column;
}

const has = ({ columns }: ModelTable, name: string): boolean => columns.some((each) => same(each.name, name));
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const names = (list: string): string[] => [...list.matchAll(/`(\w+)`/gu)].map(([, name = '']) => name);
