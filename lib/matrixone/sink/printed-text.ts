import type { TableSchema } from '../../data/change.ts';
import type { TableIndex } from '../../data/table-definition.ts';
import type { TableName } from '../../task/task.ts';

/**
 * Can MatrixOne have the text in a declaration? It keeps texts as they are and makes SQL of them again by itself, without
 * escaping backslashes: when it alters a table by copying it, and for SHOW CREATE TABLE, between double quotes. A backslash
 * before a quote, or at the end, then lets a text run on into that SQL (4.2.0).
 */
export const isPrintable = (text: string): boolean => !/\\(?:['"]|$)/u.test(text);

/** A default gets its quotes doubled once more by each ALTER TABLE that copies, until it is longer than its column (4.2.0). */
export const isLastingDefault = (text: string): boolean => isPrintable(text) && !text.includes("'");

/** Names and comments of indexes become texts of a statement of the server's own, as they are (4.2.0). */
const isPlain = (text: string): boolean => !/['\\]/u.test(text);

export const isPlainIndex = ({ name, parts }: TableIndex): boolean =>
  [name, ...parts.map(({ column }) => column)].every(isPlain);
export const isPlainComment = isPlain;

/** Why a MatrixOne cannot have a table of these names and labels; undefined when it can. */
export function unfitForMatrixone({ database, table }: TableName, { columns }: TableSchema): string | undefined {
  const name = [database, table, ...columns.map((column) => column.name)].find((each) => !isPrintable(each));
  if (name !== undefined) return `the name ${JSON.stringify(name)} has a backslash at its end or before a quote`;
  const label = columns.flatMap(({ labels = [] }) => labels).find((each) => !isPrintable(each));
  return label === undefined
    ? undefined
    : `the label ${JSON.stringify(label)} has a backslash at its end or before a quote`;
}

/** Why a MatrixOne must not be asked to alter a table: it copies the rows by a statement with the names as they are (4.2.0). */
export function unalterableForMatrixone(names: readonly string[]): string | undefined {
  const name = names.find((each) => each.includes('`'));
  return name === undefined ? undefined : `the name ${JSON.stringify(name)} has a backtick`;
}
