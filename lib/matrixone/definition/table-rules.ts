import type { TaskOptions } from '../../task/task.ts';
import type { Column, TableDefinition, TableIndex } from '../../data/table-definition.ts';

/** What the rules ask of a table. */
export type KeyedTable = Pick<TableDefinition, 'columns' | 'primaryKey' | 'indexes'>;

/** Which tables a task takes, and how their changes are read. */
export type TableRules = Pick<TaskOptions, 'changeReader' | 'withoutKey'>;

export const USUAL_RULES: TableRules = { changeReader: 'auto', withoutKey: 'refuse' };

/**
 * Types of keys that `data branch diff` gets wrong (seen on 4.2.0): it leaves deletions out of tables whose key has
 * fractions of a second, of some bool keys, and of DECIMALs of many digits, for which it may fail as well. BIT has not
 * been tried.
 */
const LOSSY = /^(?:(?:datetime|timestamp|time)\s*\(\s*[1-9]|(?:bool(?:ean)?|bit)\b)/u;
const DECIMAL = /^(?:decimal|numeric|dec)\b(?:\s*\(\s*(\d+))?/u;
const MOST_DIGITS = 15;
/** It fails for values of 2^63 and more, and only for these. */
const WIDE = /^bigint\s+unsigned/u;

/**
 * Of such columns `data branch diff` does not see it when an empty array becomes another one, or back, wherever in the
 * value it is: `{"tags": []}` and `{"tags": ["x"]}` are the same to it (seen on 4.2.0).
 */
const HALF_SEEN = /^(?:json|array)\b/u;

/** On MySQL and MariaDB a FLOAT is not equal to the number that it is shown as. */
const NOWHERE_FOUND = /^float\b/u;

/**
 * The columns that rows are told apart by: of the primary key; else of the unique key without NULLs that has the fewest
 * columns, of these the first; none when there is neither.
 */
export const rowKey = (table: KeyedTable): readonly string[] =>
  table.primaryKey.length > 0 ? table.primaryKey : (uniqueKeys(table).toSorted((a, b) => a.length - b.length)[0] ?? []);

/** The unique keys without NULLs, in the order of their declaration. */
export function uniqueKeys({ columns, indexes }: KeyedTable): (readonly string[])[] {
  const fit = new Set(columns.filter(({ nullable, generated }) => !nullable && !generated).map(({ name }) => name));
  return indexes
    .filter(({ kind, parts }) => kind === 'unique' && parts.every((part) => isWhole(part) && fit.has(part.column)))
    .map(columnsOf);
}

/** A prefix tells nothing about the rest. */
const isWhole = ({ length }: TableIndex['parts'][number]): boolean => length === undefined;

export const columnsOf = ({ parts }: TableIndex): readonly string[] => parts.map(({ column }) => column);

/** The key's columns, with what there is to say about each. */
export const keyColumns = (table: KeyedTable): readonly Column[] =>
  table.columns.filter(({ name }) => rowKey(table).includes(name));

/** Key columns whose type makes `data branch diff` lose changes. */
export const lossyColumns = (table: KeyedTable): readonly Column[] =>
  keyColumns(table).filter(({ type }) => LOSSY.test(type) || digits(type) > MOST_DIGITS);

const digits = (type: string): number => {
  const decimal = DECIMAL.exec(type);
  return decimal === null ? 0 : Number(decimal[1] ?? Infinity);
};

/** Columns of which the diff does not see every change. */
export const halfSeenColumns = ({ columns }: KeyedTable): readonly Column[] =>
  columns.filter(({ type, generated }) => !generated && HALF_SEEN.test(type));

/** Key columns whose values decide. */
export const wideColumns = (table: KeyedTable): readonly Column[] =>
  keyColumns(table).filter(({ type }) => WIDE.test(type));

export const unfindableColumns = (table: KeyedTable): readonly Column[] =>
  keyColumns(table).filter(({ type }) => NOWHERE_FOUND.test(type));
