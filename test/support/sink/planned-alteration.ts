import type { TableSchema } from '../../../lib/data/change.ts';
import { matrixoneDialect } from '../../../lib/matrixone/sink/matrixone-dialect.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import type { Dialect } from '../../../lib/sink/dialect/dialect.ts';
import { alteration, type Alteration } from '../../../lib/sink/schema/alteration.ts';
import { declaredSchema } from '../declared/declared-table.ts';
import { described, type ModelTable, modelOf } from './model-table.ts';

/** The table of every schema here. */
export const AT = { database: 'd', table: 't' };
export const VERSION = '11.8.2-MariaDB';
export const DIALECTS = [
  ['MatrixOne', matrixoneDialect],
  ['MySQL', mysqlDialect],
] as const;

/** A source table of these columns, keys and indexes. */
export const schema = (...items: readonly string[]): TableSchema =>
  declaredSchema(AT, '1', `CREATE TABLE \`t\` (${items.join(', ')})`, { changeReader: 'auto', withoutKey: 'replace' });

export const ID = '`id` int NOT NULL';
export const KEY = 'PRIMARY KEY (`id`)';

/** The plan for this sink table. */
export const planFor = (
  dialect: Dialect,
  sink: ModelTable,
  before: TableSchema | undefined,
  now: TableSchema,
): Alteration => alteration(described(dialect, sink), now, before, dialect, VERSION);

/** The plan for a sink table that was made for `before` and has `own` besides. */
export const plan = (
  dialect: Dialect,
  before: TableSchema,
  now: TableSchema,
  own: Partial<ModelTable> = {},
): Alteration => {
  const made = modelOf(dialect, before, VERSION);
  const sink = {
    ...made,
    columns: [...made.columns, ...(own.columns ?? [])],
    indexes: [...made.indexes, ...(own.indexes ?? [])],
  };
  return planFor(dialect, sink, before, now);
};

export const indexesOf = ({ dropIndexes, addIndexes }: Alteration) => ({
  dropped: dropIndexes,
  added: addIndexes.map(({ line }) => line),
});
