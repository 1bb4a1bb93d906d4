import { identifier } from '../sql/quoting.ts';
import { parseColumn, type ShapeColumn } from './shape-column.ts';

/** The schema of a table at some time. */
export interface Shape {
  readonly database: string;
  readonly table: string;
  /** InnoDB's number. Every DDL statement on the table changes it, as it changes MatrixOne's `rel_id`. */
  readonly tableId: string;
  readonly columns: readonly ShapeColumn[];
  readonly key: readonly string[];
  /** True: texts are UTF-8, unless a column says otherwise. */
  readonly isUnicode: boolean;
  /** True: foreign keys may change rows of the table, and such changes are not in the row log. */
  readonly cascades: boolean;
  /** CREATE TABLE in MatrixOne's words. */
  readonly definition: string;
}

const QUOTED = /`((?:[^`]|``)*)`/g;

/** Reads MariaDB's SHOW CREATE TABLE, which has one column, key or constraint a line. */
export const parseShape = (database: string, table: string, tableId: string, createTable: string): Shape => {
  const lines = createTable.split('\n').map((line) => line.replace(/,$/, ''));
  const body = lines.slice(
    1,
    lines.findLastIndex((line) => line.startsWith(')')),
  );
  const columns = body.filter((line) => line.startsWith('  `')).map(parseColumn);
  const comment = / COMMENT='(?:[^']|'')*'/.exec(lines.slice(body.length + 1).join('\n'))?.[0] ?? '';
  const key = body.find((line) => line.startsWith('  PRIMARY KEY'));
  const items = [...columns.map((column) => `  ${column.definition}`), ...keysAndConstraints(body)];
  return {
    database,
    table,
    tableId,
    columns,
    key: key === undefined ? [] : names(key),
    isUnicode: createTable.includes('DEFAULT CHARSET=utf8mb4'),
    cascades: body.some((line) => line.includes(' FOREIGN KEY ')),
    definition: `CREATE TABLE ${identifier(table)} (\n${items.join(',\n')}\n)${comment}`,
  };
};

const names = (line: string): string[] => [...line.matchAll(QUOTED)].map(([, name = '']) => name.replaceAll('``', '`'));

const keysAndConstraints = (body: readonly string[]): string[] =>
  body
    .filter((line) => !line.startsWith('  `'))
    .map((line) => line.replace(/ USING BTREE/g, '').replace(/ (?:ON DELETE|ON UPDATE) RESTRICT/g, ''));

export const columnOf = (shape: Shape, name: string): ShapeColumn | undefined =>
  shape.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
