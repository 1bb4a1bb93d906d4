import { isDeepStrictEqual } from 'node:util';
import type { TableName } from '../task/task.ts';
import type { Column, TableDetails } from './table-definition.ts';

export type { Column } from './table-definition.ts';

/** A value as the server's text protocol sends it; null is SQL NULL. Never parsed. */
export type Value = Buffer | null;

/** The values of the carried columns (see carriedColumns), in their order. */
export type Row = readonly Value[];

/** One net change of a window. In a deletion, only the values of the key are reliable. */
export interface Change {
  readonly deleted: boolean;
  readonly row: Row;
}

export interface TableSchema {
  readonly table: TableName;
  /** The server's number of the table. It changes with TRUNCATE, with DROP and CREATE, and with most kinds of ALTER. */
  readonly id: string;
  /** In declaration order. */
  readonly columns: readonly Column[];
  /** Names of the key columns; empty for a table that is replaced as a whole (see isKeyless). */
  readonly key: readonly string[];
  /** False where `key` is not the primary key but a unique key that identifies the rows. */
  readonly hasPrimaryKey: boolean;
  /** True when the table has unique keys beside `key`. */
  readonly hasUniqueKeys: boolean;
  readonly details: TableDetails;
}

/**
 * True for a table without a key. It may have the same row several times, so the source tells only whether it changed,
 * and not which rows.
 */
export const isKeyless = ({ key }: TableSchema): boolean => key.length === 0;

export const carriedColumns = (schema: TableSchema): readonly Column[] => schema.columns.filter((c) => !c.generated);

/** The position of each key column in a Row. */
export const keyIndexes = (schema: TableSchema): readonly number[] => {
  const names = carriedColumns(schema).map((c) => c.name);
  return schema.key.map((name) => names.indexOf(name));
};

/**
 * True when both are the same table with the same columns and key, no matter what else is declared. Only then do net
 * changes lead from one to the other.
 */
export const sameRows = (a: TableSchema, b: TableSchema): boolean =>
  JSON.stringify(rowsOf(a)) === JSON.stringify(rowsOf(b));

const rowsOf = ({ id, columns, key }: TableSchema) => [id, columns.map((c) => [c.name, c.generated]), key];

/** True when both are declared alike, no matter whether they are the same table. */
export const sameDeclaration = (a: TableSchema, b: TableSchema): boolean => isDeepStrictEqual(declared(a), declared(b));

const declared = ({ columns, key, hasPrimaryKey, details }: TableSchema) => [columns, key, hasPrimaryKey, details];
