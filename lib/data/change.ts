import { isDeepStrictEqual } from 'node:util';
import type { TableName } from '../task/task.ts';
import type { Column, TableDetails } from './table-definition.ts';

export type { Column } from './table-definition.ts';

/** A value as the server's text protocol sends it; null is SQL NULL. Never parsed. */
export type Value = Buffer | null;

/** Values of the carried columns (see carriedColumns), in their order. */
export type Row = readonly Value[];

/** One net change of a window. For a deletion only the key's values can be relied on. */
export interface Change {
  readonly deleted: boolean;
  readonly row: Row;
}

export interface TableSchema {
  readonly table: TableName;
  /** The server's number of the table: another one after TRUNCATE, after DROP and CREATE, and after most of ALTER. */
  readonly id: string;
  /** In declaration order. */
  readonly columns: readonly Column[];
  /** Names of the key columns; none for a table that is replaced as a whole (see isKeyless). */
  readonly key: readonly string[];
  /** False where `key` is not the primary key, but the unique key that the rows are told apart by. */
  readonly hasPrimaryKey: boolean;
  /** True when the table has unique keys beside `key`. */
  readonly hasUniqueKeys: boolean;
  readonly details: TableDetails;
}

/** Without a key the same row may be there several times: changes of one row cannot be told, only that there are any. */
export const isKeyless = ({ key }: TableSchema): boolean => key.length === 0;

export const carriedColumns = (schema: TableSchema): readonly Column[] => schema.columns.filter((c) => !c.generated);

/** Where each key column stands in a Row. */
export const keyIndexes = (schema: TableSchema): readonly number[] => {
  const names = carriedColumns(schema).map((c) => c.name);
  return schema.key.map((name) => names.indexOf(name));
};

/**
 * Is it the same table with the same columns, whatever else is declared of them? Only then do net changes between the
 * two lead from one to the other.
 */
export const sameRows = (a: TableSchema, b: TableSchema): boolean =>
  JSON.stringify(rowsOf(a)) === JSON.stringify(rowsOf(b));

const rowsOf = ({ id, columns, key }: TableSchema) => [id, columns.map((c) => [c.name, c.generated]), key];

/** Are the two declared alike, be they one table or two? */
export const sameDeclaration = (a: TableSchema, b: TableSchema): boolean => isDeepStrictEqual(declared(a), declared(b));

const declared = ({ columns, key, hasPrimaryKey, details }: TableSchema) => [columns, key, hasPrimaryKey, details];
