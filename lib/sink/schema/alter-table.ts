import { CdcError, isCdcError } from '../../errors.ts';
import { sameDeclaration, type TableSchema } from '../../data/change.ts';
import type { RowsToFollow, SchemaChange, SinkTable } from '../../replication/endpoints/sink-tables.ts';
import { hasNewKey, inOrder, isOfKey, loosened, whenEmpty } from './alter-clauses.ts';
import type { Altering } from './altering.ts';
import { alteration, type Alteration } from './alteration.ts';
import type { Modification, Dialect, SinkDescription } from '../dialect/dialect.ts';
import { modifyClause } from '../dialect/column-clauses.ts';
import { tableKey } from '../../task/task.ts';
import { quoteName, quoteTable } from '../../sql/identifier.ts';
import type { Connection } from '../../wire/connection.ts';
import { serverVersion } from '../../wire/server-version.ts';
import { ensureTable, refuseUnfit } from './table-setup.ts';

/** What a table still lacks of its source table's schema; undefined when there is no such table. */
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
 * Brings an existing table to the columns and the key of its source table before it gets the rows, and takes away
 * indexes that the source table has no longer. Answers whether all columns are as they should be: a declaration that
 * the rows of before do not fit has to wait for those that follow.
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

/** MatrixOne 4.2.0 says of a new column of type ENUM that must not be NULL that it lacks one of the name of a label. */
const mayBeOtherwise = ({ modify, loosely }: Alteration, error: unknown, rows: RowsToFollow): boolean => {
  if (rows === 'all' && loosely !== undefined) return isUnfit(error) || isCdcError(error, 'SINK_TABLE_MISMATCH');
  return modify.length > 0 && isUnfit(error);
};

/** Of two values of a unique column the new type may make one. */
const isUnfit = (error: unknown): boolean =>
  isCdcError(error, 'SINK_ROW_REJECTED') || isCdcError(error, 'SINK_DUPLICATE_KEY');

/**
 * One column, for rows that are all to follow. Answers whether it is as it should be. What it holds goes where it does not
 * fit and the values that follow might not fit either: an INT for example, dropped at the source and added again as a
 * DATETIME.
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
 * The statements that would bring the sink table to the schema of its source table, which has replaced `before`; none
 * when that is done, as far as can be seen. `schema` is undefined for a table that is gone.
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
  // Rows would all have the same value in a new column of the key.
  const names = new Set(found.columns.map((column) => column.name.toLowerCase()));
  const newKey = hasNewKey(plan) && schema.key.some((column) => !names.has(column.toLowerCase()));
  return newKey ? [`truncate table ${target}`, ...alters] : alters;
}

/** Runs the clauses in one statement, or in one each. */
export async function alter(
  at: Altering,
  dialect: Dialect,
  table: SinkTable,
  clauses: readonly string[],
): Promise<void> {
  if (clauses.length === 0) return;
  // MatrixOne does not drop an index without a current database, wherever the table is (seen on 4.2.0: error 1046).
  if (!dialect.altersTogether) await at.connection.query(`use ${quoteName(table.name.database)}`);
  for (const step of dialect.altersTogether ? [clauses.join(', ')] : clauses) {
    const statement = `alter table ${quoteTable(table.name)} ${step}`;
    try {
      await at.run(statement);
    } catch (error) {
      if (!isCdcError(error, 'SINK_DUPLICATE_KEY') || !step.includes('primary key')) throw error;
      // The rows of before have no place under the new key; the resync brings in all that belong there.
      await at.run(`delete from ${quoteTable(table.name)}`);
      await at.run(statement);
    }
  }
}
