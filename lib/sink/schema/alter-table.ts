import { CdcError, isCdcError } from '../../errors.ts';
import { sameDeclaration, type TableSchema } from '../../data/change.ts';
import type { RowsToFollow, SchemaChange, SinkTable } from '../../replication/endpoints/sink-tables.ts';
import { hasNewKey, inOrder, isOfKey, loosened, whenEmpty } from './alter-clauses.ts';
import { type Altering, ensureTable, refuseUnfit } from './table-setup.ts';
import { alteration, type Alteration } from './alteration.ts';
import type { Modification, Dialect, SinkDescription } from '../dialect/dialect.ts';
import { modifyClause } from '../dialect/column-clauses.ts';
import { tableKey } from '../../task/task.ts';
import { quoteName, quoteTable } from '../../sql/identifier.ts';
import type { Connection } from '../../wire/connection.ts';
import { serverVersion } from '../../wire/server-version.ts';

/** Compares the sink table with its source table's schema. Returns undefined if the sink has no such table. */
export async function lacking(
  connection: Connection,
  dialect: Dialect,
  table: SinkTable,
  before: TableSchema | undefined,
): Promise<Alteration | undefined> {
  const found = await dialect.describe(connection, table.name);
  if (found === undefined) return undefined;
  const plan = alteration(found, table.schema, before, dialect, await serverVersion(connection));
  refuseUnalterable(dialect, table, found, inOrder(plan).length + plan.addIndexes.length);
  return plan;
}

function refuseUnalterable(dialect: Dialect, table: SinkTable, found: SinkDescription, clauses: number): void {
  const { database, table: own } = table.name;
  const columns = [...found.columns, ...table.schema.columns].map(({ name }) => name);
  const reason = clauses === 0 ? undefined : dialect.unalterable([database, own, ...columns]);
  if (reason === undefined) return;
  const what = `The sink cannot alter the table ${tableKey(table.name)}`;
  throw new CdcError('SINK_TABLE_UNSUPPORTED', `${what}: ${reason}. Drop it, and the task creates it anew.`);
}

/**
 * Gives an existing table the columns and the key of its source table, before the rows are written, and drops indexes
 * that the source table no longer has. Returns whether all columns are as declared. A declaration that the present rows
 * do not fit has to wait for the rows that follow.
 */
export async function alterTable(
  at: Altering,
  dialect: Dialect,
  table: SinkTable,
  before: TableSchema | undefined,
  rows: RowsToFollow,
): Promise<boolean> {
  refuseUnfit(dialect, table);
  const done = await reshape(at, dialect, table, before, rows);
  await ensureTable(at, dialect, table);
  return done;
}

async function reshape(
  at: Altering,
  dialect: Dialect,
  table: SinkTable,
  before: TableSchema | undefined,
  rows: RowsToFollow,
): Promise<boolean> {
  const plan = await lacking(at.connection, dialect, table, before);
  if (plan === undefined) return true;
  try {
    await alter(at, dialect, table, inOrder(plan));
    return true;
  } catch (error) {
    if (!mayBeOtherwise(plan, error, rows)) throw error;
  }
  const toEmpty = rows === 'all' && isOfKey(plan);
  if (toEmpty) await at.run(`delete from ${quoteTable(table.name)}`);
  const strict = await lacking(at.connection, dialect, table, before);
  if (strict === undefined) return false;
  const rest = rows === 'all' ? loosened(strict) : strict;
  await alter(at, dialect, table, toEmpty ? whenEmpty(rest, table, dialect) : inOrder({ ...rest, modify: [] }));
  if (rows !== 'all') return false;
  let done = rest.reshape === strict.reshape;
  if (toEmpty) return done && dialect.modifiesAnyType;
  for (const each of rest.modify) done = (await modify(at, dialect, table, each)) && done;
  return done;
}

/**
 * MatrixOne 4.2.0: a new NOT NULL column of type ENUM fails with an error that a column named like a label is missing.
 */
const mayBeOtherwise = ({ modify, loosely }: Alteration, error: unknown, rows: RowsToFollow): boolean => {
  if (rows === 'all' && loosely !== undefined) return isUnfit(error) || isCdcError(error, 'SINK_TABLE_MISMATCH');
  return modify.length > 0 && isUnfit(error);
};

/** The new type may make two values of a unique column equal. */
const isUnfit = (error: unknown): boolean =>
  isCdcError(error, 'SINK_ROW_REJECTED') || isCdcError(error, 'SINK_DUPLICATE_KEY');

/**
 * Modifies one column, when all rows are written again. Returns whether the column is as declared. If the column cannot
 * hold the new values either, its present values are removed. Example: the source drops an INT and adds a DATETIME of
 * the same name.
 */
async function modify(at: Altering, dialect: Dialect, table: SinkTable, column: Modification): Promise<boolean> {
  try {
    await alter(at, dialect, table, [modifyClause(column)]);
    return true;
  } catch (error) {
    if (!isUnfit(error)) throw error;
  }
  if (column.mayWait) return false;
  const { statements, done } = dialect.emptyColumn(quoteTable(table.name), column);
  for (const statement of statements) await at.run(statement);
  return done;
}

/**
 * The statements that would give the sink table the schema of its source table, which has replaced `before`. None if no
 * difference can be seen. `schema` is undefined if the source table is gone.
 */
export async function statementsFor(
  connection: Connection,
  dialect: Dialect,
  { name, schema, before }: SchemaChange,
): Promise<string[]> {
  const found = await dialect.describe(connection, name);
  const target = quoteTable(name);
  if (schema === undefined) return found === undefined ? [] : [`drop table ${target}`];
  const version = await serverVersion(connection);
  if (found === undefined) return [dialect.createTable(name, schema, version)];
  if (before !== undefined && sameDeclaration(before, schema)) {
    const { rows } = await connection.query(`select 1 from ${target} limit 1`);
    return rows.length === 0 ? [] : [`truncate table ${target}`];
  }
  const plan = alteration(found, schema, before, dialect, version);
  if (!plan.visible) return [];
  refuseUnalterable(dialect, { name, schema }, found, 1);
  const clauses = [...inOrder(plan), ...plan.addIndexes.map(({ line }) => `add ${line}`)];
  const alters = clauses.map((clause) => `alter table ${target} ${clause}`);
  // A new key column would have the same value in all present rows.
  const names = new Set(found.columns.map((column) => column.name.toLowerCase()));
  const newKey = hasNewKey(plan) && schema.key.some((column) => !names.has(column.toLowerCase()));
  return newKey ? [`truncate table ${target}`, ...alters] : alters;
}

/** Runs all clauses in one statement, or each in a statement of its own. */
export async function alter(
  at: Altering,
  dialect: Dialect,
  table: SinkTable,
  clauses: readonly string[],
): Promise<void> {
  if (clauses.length === 0) return;
  // MatrixOne needs a current database to drop an index, even of a qualified table (seen on 4.2.0: error 1046).
  if (!dialect.altersTogether) await at.connection.query(`use ${quoteName(table.name.database)}`);
  for (const step of dialect.altersTogether ? [clauses.join(', ')] : clauses) {
    const statement = `alter table ${quoteTable(table.name)} ${step}`;
    try {
      await at.run(statement);
    } catch (error) {
      if (!isCdcError(error, 'SINK_DUPLICATE_KEY') || !step.includes('primary key')) throw error;
      // The present rows are not unique under the new key. The resync writes all rows that belong there.
      await at.run(`delete from ${quoteTable(table.name)}`);
      await at.run(statement);
    }
  }
}
