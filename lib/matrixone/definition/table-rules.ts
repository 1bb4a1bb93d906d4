import type { TaskOptions } from '../../task/task.ts';
import type { Column, TableDefinition, TableIndex } from '../../data/table-definition.ts';

/** The part of a table's definition that the rules use. */
export type KeyedTable = Pick<TableDefinition, 'columns' | 'primaryKey' | 'indexes'>;

/** The options that say which tables a task takes, and how their changes are read. */
export type TableRules = Pick<TaskOptions, 'changeReader' | 'withoutKey'>;

export const USUAL_RULES: TableRules = { changeReader: 'auto', withoutKey: 'refuse' };

/**
 * Types of keys for which `data branch diff` is wrong (seen on 4.2.0). It leaves out deletions of tables whose key has
 * fractions of a second, of some bool keys, and of DECIMALs of many digits, for which it may also fail. BIT was not
 * tried.
 */
const LOSSY = /^(?:(?:datetime|timestamp|time)\s*\(\s*[1-9]|(?:bool(?:ean)?|bit)\b)/u;
const DECIMAL = /^(?:decimal|numeric|dec)\b(?:\s*\(\s*(\d+))?/u;
const MOST_DIGITS = 15;
/** For this type the diff fails at values of 2^63 and more, and only at these. */
const WIDE = /^bigint\s+unsigned/u;

/**
 * Types in which `data branch diff` does not see an empty array become a non-empty one, or the reverse, anywhere in the
 * value: to the diff `{"tags": []}` and `{"tags": ["x"]}` are the same (seen on 4.2.0).
 */
const HALF_SEEN = /^(?:json|array)\b/u;

/** On MySQL and MariaDB a FLOAT is not equal to the number it is printed as. */
const NOWHERE_FOUND = /^float\b/u;

/**
 * The columns that identify a row: the primary key; else the unique key without NULLs that has the fewest columns, the
 * first of several; else none.
 */
export const rowKey = (table: KeyedTable): readonly string[] =>
  table.primaryKey.length > 0 ? table.primaryKey : (uniqueKeys(table).toSorted((a, b) => a.length - b.length)[0] ?? []);

/** The unique keys whose columns are NOT NULL, in the order of their declaration. */
export function uniqueKeys({ columns, indexes }: KeyedTable): (readonly string[])[] {
  const fit = new Set(columns.filter(({ nullable, generated }) => !nullable && !generated).map(({ name }) => name));
  return indexes
    .filter(({ kind, parts }) => kind === 'unique' && parts.every((part) => isWhole(part) && fit.has(part.column)))
    .map(columnsOf);
}

/** A prefix does not tell the rest of the value. */
const isWhole = ({ length }: TableIndex['parts'][number]): boolean => length === undefined;

export const columnsOf = ({ parts }: TableIndex): readonly string[] => parts.map(({ column }) => column);

/** The columns of the key. */
export const keyColumns = (table: KeyedTable): readonly Column[] =>
  table.columns.filter(({ name }) => rowKey(table).includes(name));

/** Key columns whose type makes `data branch diff` lose changes. */
export const lossyColumns = (table: KeyedTable): readonly Column[] =>
  keyColumns(table).filter(({ type }) => LOSSY.test(type) || digits(type) > MOST_DIGITS);

const digits = (type: string): number => {
  const decimal = DECIMAL.exec(type);
  return decimal === null ? 0 : Number(decimal[1] ?? Infinity);
};

/** Columns in which the diff does not see every change. */
export const halfSeenColumns = ({ columns }: KeyedTable): readonly Column[] =>
  columns.filter(({ type, generated }) => !generated && HALF_SEEN.test(type));

/** Key columns for which the diff works or fails depending on their values. */
export const wideColumns = (table: KeyedTable): readonly Column[] =>
  keyColumns(table).filter(({ type }) => WIDE.test(type));

export const unfindableColumns = (table: KeyedTable): readonly Column[] =>
  keyColumns(table).filter(({ type }) => NOWHERE_FOUND.test(type));
