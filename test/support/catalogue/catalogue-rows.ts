import type { StoredTable } from './stored-records.ts';

const flag = (value: boolean): string => (value ? '1' : '0');

/** The answer to the query for a row of mo_tables in lib/matrixone/definition/table-catalog.ts. */
export const tableRow = ({ table }: StoredTable, name: string, kind: string): string[] => [
  ...['1', kind, '0', table.comment, table.constraints.toString('hex'), table.extra.toString('hex'), 'db', name],
];

/** The answer to the query for the rows of mo_columns there. */
export const columnRows = ({ columns }: StoredTable): string[][] =>
  columns.map((column) => [
    ...[column.name, column.type.toString('hex'), column.metadata, flag(column.notNull)],
    ...[column.default.toString('hex'), column.onUpdate.toString('hex'), flag(column.autoIncrement), column.comment],
    ...[flag(column.hidden), flag(column.generation !== undefined), column.generation?.toString('hex') ?? ''],
    ...[flag(column.clusterBy), flag(column.default.length > 0), flag(column.onUpdate.length > 0)],
  ]);
