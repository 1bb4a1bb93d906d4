import { tableSchema } from '../../../lib/matrixone/definition/read-table.ts';
import { shownTable } from '../../../lib/matrixone/definition/shown-table.ts';
import type { TableRules } from '../../../lib/matrixone/definition/table-rules.ts';
import type { TableSchema } from '../../../lib/data/change.ts';
import type { TableDefinition } from '../../../lib/data/table-definition.ts';
import type { TableName } from '../../../lib/task/task.ts';

/** The schema of a table that a test declares in MatrixOne's words. */
export const declaredSchema = (table: TableName, id: string, sql: string, rules?: TableRules): TableSchema =>
  tableSchema(table, id, declaredTable(sql), rules);

/** Parses a CREATE TABLE whose texts are escaped: written by a test, or printed by MariaDB. */
export const declaredTable = (sql: string): TableDefinition => shownTable(sql, true);
