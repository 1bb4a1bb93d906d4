import type { TrackedTable } from '../history/catalogue.ts';
import { columnOf } from '../history/shape.ts';
import { internalError } from '../matrixone-error.ts';

/** The two ends must be the same table, with columns added at most. */
export const checkCompatible = (target: TrackedTable, base: TrackedTable): void => {
  if (target.lineage !== base.lineage) {
    throw internalError(
      'data branch: schema-evolution lineage metadata is missing for a legacy ALTER; ' +
        'recreate the branch before DIFF/MERGE',
    );
  }
  checkKeys(target, base);
  checkCommonColumns(target, base);
  const missing = base.shape.columns.find((column) => columnOf(target.shape, column.name) === undefined);
  if (missing !== undefined) throw incompatible(`base column '${missing.name}' is not present in target schema`);
};

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
