import type { Shape } from './shape.ts';
import type { ShapeColumn } from './shape-column.ts';

/**
 * Does MatrixOne alter such a table in place, so that it keeps its number and gets another version? It does for indexes,
 * names and comments of tables, names of columns, and for CHAR and VARCHAR that get wider, another default or comment,
 * or may be NULL. Everything else is a copy of the table, with a number of its own.
 */
export const isInPlace = (after: Shape, before: Shape): boolean =>
  after.columns.length === before.columns.length &&
  after.key.length === before.key.length &&
  after.key.every((name, i) => place(after, name) === place(before, before.key[i] ?? '')) &&
  after.columns.every((column, i) => {
    const old = before.columns[i];
    return old !== undefined && (sameButName(column, old) || isTextChange(column, old));
  });

const place = (shape: Shape, name: string): number => shape.columns.findIndex((column) => column.name === name);

const sameButName = (a: ShapeColumn, b: ShapeColumn): boolean => rest(a) === rest(b) && a.storedType === b.storedType;

const rest = ({ definition, name }: ShapeColumn): string => definition.slice(name.length);

function isTextChange(after: ShapeColumn, before: ShapeColumn): boolean {
  const [[type, width], [oldType, oldWidth]] = [textType(after), textType(before)];
  if (type === undefined || type !== oldType || after.name !== before.name) return false;
  return Number(width) >= Number(oldWidth) && (before.notNull || !after.notNull);
}

const textType = ({ type }: ShapeColumn): (string | undefined)[] =>
  /^((?:var)?char)\((\d+)\)$/u.exec(type)?.slice(1) ?? [];
