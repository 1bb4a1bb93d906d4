import type { TableSchema } from '../../data/change.ts';
import { quoteName } from '../../sql/identifier.ts';
import type { Modification, ColumnLine } from './dialect.ts';

export const modifyClause = ({ line }: Modification): string => `modify column ${line.line}`;

export const dropIndex = (name: string): string => `drop index ${quoteName(name)}`;

export const nullableLine = ({ name, type }: Pick<ColumnLine, 'name' | 'type'>): string =>
  `${quoteName(name)} ${type} null`;

/** Drops the column and adds it again. `line`: a declaration to use instead of the column's own. */
export const columnAnew = ({ name, line: own }: ColumnLine, line = own): string[] => [
  `drop column ${quoteName(name)}`,
  `add column ${line}`,
];

/** Names, in words, the expressions that the sink leaves out because it copies the values. */
export const expressionsLeft = ({ columns }: TableSchema): string[] =>
  columns.filter(({ computedAtSource }) => computedAtSource).map(({ name }) => `how ${name} is computed`);
