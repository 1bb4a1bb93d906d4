import type { TrackedTable } from '../history/catalogue.ts';
import { columnOf, type Shape } from '../history/shape.ts';
import type { ShapeColumn } from '../history/shape-column.ts';
import { internalError } from '../matrixone-error.ts';

/** A column at both ends of a diff. */
export interface ColumnPair {
  readonly target: ShapeColumn;
  /** Undefined if the column was added. */
  readonly base: ShapeColumn | undefined;
}

/** The columns of the target, each with the column that it was in the base. Throws if MatrixOne refuses to compare. */
export const pairColumns = (target: TrackedTable, base: TrackedTable): ColumnPair[] => {
  if (target.lineage !== base.lineage && (target.altered || base.altered)) {
    throw internalError(
      'data branch: schema-evolution lineage metadata is missing for a legacy ALTER; ' +
        'recreate the branch before DIFF/MERGE',
    );
  }
  if (target.lineage === base.lineage && onlyRenamed(target.shape, base.shape)) {
    return target.shape.columns.map((column, i) => ({ target: column, base: base.shape.columns[i] }));
  }
  checkKeys(target, base);
  checkCommonColumns(target, base);
  const missing = base.shape.columns.find((column) => columnOf(target.shape, column.name) === undefined);
  if (missing !== undefined) throw incompatible(`base column '${missing.name}' is not present in target schema`);
  return target.shape.columns.map((column) => ({ target: column, base: columnOf(base.shape, column.name) }));
};

/** The new name of a column that was renamed between the two ends. */
export const renamedColumn = (target: TrackedTable, base: TrackedTable): string | undefined =>
  target.lineage === base.lineage && onlyRenamed(target.shape, base.shape)
    ? target.shape.columns.find(({ name }, i) => name !== base.shape.columns[i]?.name)?.name
    : undefined;

/** RENAME COLUMN keeps the identity of a column. */
const onlyRenamed = (target: Shape, base: Shape): boolean =>
  target.columns.length === base.columns.length &&
  target.columns.every((column, i) => {
    const before = base.columns[i];
    return before?.storedType === column.storedType && before.notNull === column.notNull;
  });

const incompatible = (what: string): Error => internalError(`schema compatibility check: ${what}`);

const checkKeys = ({ shape: target }: TrackedTable, { shape: base }: TrackedTable): void => {
  if (target.key.join() === base.key.join()) return;
  const keys = `(${target.key.join()}) do not match base primary key columns (${base.key.join()})`;
  throw incompatible(`target primary key columns ${keys}`);
};

const checkCommonColumns = ({ shape: target }: TrackedTable, { shape: base }: TrackedTable): void => {
  for (const column of target.columns) {
    const before = columnOf(base, column.name);
    if (before === undefined) continue;
    const what = `column '${column.name}'`;
    if (column.generated !== before.generated) throw incompatible(`${what} has different generated definitions`);
    if (typeName(column.type) !== typeName(before.type)) {
      throw incompatible(`${what} exists in both schemas but has different types (target: 0, base: 0)`);
    }
    if (column.storedType !== before.storedType) throw incompatible(`${what} has different type attributes`);
    if (column.notNull !== before.notNull) throw incompatible(`${what} has different nullability`);
  }
};

const typeName = (type: string): string => type.replace(/\([^)]*\)/, '');
