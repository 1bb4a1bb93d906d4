import type { TableSchema } from '../../data/change.ts';
import type { TableIndex } from '../../data/table-definition.ts';
import type { TableName } from '../../task/task.ts';

/**
 * Can MatrixOne keep the text in a declaration? The server builds SQL from its texts without escaping backslashes: when
 * an ALTER copies the table, and for SHOW CREATE TABLE, between double quotes. A backslash before a quote or at the end
 * then makes the text run on into that SQL (4.2.0).
 */
export const isPrintable = (text: string): boolean => !/\\(?:['"]|$)/u.test(text);

/**
 * Each ALTER TABLE that copies doubles the quotes in a default once more, until the default is longer than its column
 * (4.2.0).
 */
export const isLastingDefault = (text: string): boolean => isPrintable(text) && !text.includes("'");

/** The server puts names and comments of indexes unescaped into a statement of its own (4.2.0). */
const isPlain = (text: string): boolean => !/['\\]/u.test(text);

export const isPlainIndex = ({ name, parts }: TableIndex): boolean =>
  [name, ...parts.map(({ column }) => column)].every(isPlain);
export const isPlainComment = isPlain;

/** Why MatrixOne cannot have a table with these names and labels; undefined if it can. */
export function unfitForMatrixone({ database, table }: TableName, { columns }: TableSchema): string | undefined {
  const name = [database, table, ...columns.map((column) => column.name)].find((each) => !isPrintable(each));
  if (name !== undefined) return `the name ${JSON.stringify(name)} has a backslash at its end or before a quote`;
  const label = columns.flatMap(({ labels = [] }) => labels).find((each) => !isPrintable(each));
  return label === undefined
    ? undefined
    : `the label ${JSON.stringify(label)} has a backslash at its end or before a quote`;
}

/**
 * Why MatrixOne must not alter a table: it copies the rows by a statement with unescaped names (4.2.0). Undefined if it
 * may.
 */
export function unalterableForMatrixone(names: readonly string[]): string | undefined {
  const name = names.find((each) => each.includes('`'));
  return name === undefined ? undefined : `the name ${JSON.stringify(name)} has a backtick`;
}
