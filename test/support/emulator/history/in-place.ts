import type { Shape } from './shape.ts';
import type { ShapeColumn } from './shape-column.ts';

/**
 * Does MatrixOne alter such a table in place? The table then keeps its number and gets another version. It does so for
 * indexes, for names and comments of tables, for names of columns, and if a CHAR or VARCHAR becomes wider, gets another
 * default or comment, or may be NULL. For any other alteration it copies the table, and the copy has another number.
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
