import { isCdcError } from '../errors.ts';
import type { TableSchema } from '../replication/change.ts';
import type { SchemaChange, SinkTable } from '../replication/sink.ts';
import { alteration, type Alteration } from './alteration.ts';
import type { Dialect } from './dialect.ts';
import { quoteName, quoteTable } from './identifier.ts';
import type { Session } from './session.ts';
import { ensureTable, refuseUnfit, serverVersion } from './table-setup.ts';

/** What a table still lacks of its source table's schema; undefined when there is no such table. */
export async function lacking(
  session: Session,
  dialect: Dialect,
  table: SinkTable,
  before: TableSchema | undefined,
): Promise<Alteration | undefined> {
  const found = await dialect.describe(session, table.name);
  if (found === undefined) return undefined;
  return alteration(found, table.schema, before, dialect, await serverVersion(session));
}

/**
 * Brings an existing table to the columns and the key of its source table before it gets the rows, and takes away
 * indexes that the source table has no longer. Answers whether all columns are as they should be: a declaration that
 * the rows of before do not fit has to wait for those that follow.
 */
export async function alterTable(
  session: Session,
  dialect: Dialect,
  table: SinkTable,
  before: TableSchema | undefined,
): Promise<boolean> {
  refuseUnfit(dialect, table);
  const done = await reshape(session, dialect, table, before);
  await ensureTable(session, dialect, table);
  return done;
}

async function reshape(
  session: Session,
  dialect: Dialect,
  table: SinkTable,
  before: TableSchema | undefined,
): Promise<boolean> {
  const plan = await lacking(session, dialect, table, before);
  if (plan === undefined) return true;
  try {
    await alter(session, dialect, table, inOrder(plan));
    return true;
  } catch (error) {
    if (plan.modify.length === 0 || !isCdcError(error, 'SINK_ROW_REJECTED')) throw error;
  }
  const rest = await lacking(session, dialect, table, before);
  if (rest !== undefined) await alter(session, dialect, table, inOrder({ ...rest, modify: [] }));
  return false;
}

/**
 * The statements that would bring the sink table to the schema of its source table, which has replaced `before`; none
 * when that is done, as far as can be seen. `schema` is undefined for a table that is gone.
 */
export async function statementsFor(
  session: Session,
  dialect: Dialect,
  { name, schema, before }: SchemaChange,
): Promise<string[]> {
  const found = await dialect.describe(session, name);
  const target = quoteTable(name);
  if (schema === undefined) return found === undefined ? [] : [`drop table ${target}`];
  const version = await serverVersion(session);
  if (found === undefined) return [dialect.createTable(name, schema, version)];
  if (before?.definition === schema.definition) {
    const { rows } = await session.query(`select 1 from ${target} limit 1`);
    return rows.length === 0 ? [] : [`truncate table ${target}`];
  }
  const plan = alteration(found, schema, before, dialect, version);
  if (!plan.visible) return [];
  const clauses = [...inOrder(plan), ...plan.addIndexes.map(({ line }) => `add ${line}`)];
  const alters = clauses.map((clause) => `alter table ${target} ${clause}`);
  // Rows would all have the same value in a new column of the key.
  const names = new Set(found.columns.map((column) => column.name.toLowerCase()));
  const newKey = hasNewKey(plan) && schema.key.some((column) => !names.has(column.toLowerCase()));
  return newKey ? [`truncate table ${target}`, ...alters] : alters;
}

const hasNewKey = ({ reshape }: Alteration): boolean => reshape.some((clause) => clause.startsWith('add primary key'));

/** A column may become NULL only when it has left the key, and must not be NULL when it enters it. */
function inOrder({ dropIndexes, reshape, modify }: Alteration): string[] {
  const at = reshape.findIndex((clause) => clause.startsWith('add primary key'));
  const [first, last] = at < 0 ? [reshape, []] : [reshape.slice(0, at), reshape.slice(at)];
  return [...dropIndexes, ...first, ...modify, ...last];
}

/** Runs the clauses in one statement, or in one each. */
export async function alter(
  session: Session,
  dialect: Dialect,
  table: SinkTable,
  clauses: readonly string[],
): Promise<void> {
  if (clauses.length === 0) return;
  // MatrixOne does not drop an index without a current database, wherever the table is (seen on 4.2.0: error 1046).
  if (!dialect.altersTogether) await session.query(`use ${quoteName(table.name.database)}`);
  for (const step of dialect.altersTogether ? [clauses.join(', ')] : clauses) {
    const statement = `alter table ${quoteTable(table.name)} ${step}`;
    try {
      await session.query(statement);
    } catch (error) {
      const anew = columnAnew(step, error);
      if (anew !== undefined) {
        for (const clause of anew) await session.query(`alter table ${quoteTable(table.name)} ${clause}`);
        continue;
      }
      if (!isCdcError(error, 'SINK_DUPLICATE_KEY') || !step.includes('primary key')) throw error;
      // The rows of before have no place under the new key; the resync brings in all that belong there.
      await session.query(`delete from ${quoteTable(table.name)}`);
      await session.query(statement);
    }
  }
}

/**
 * MatrixOne 4.2.0 changes no column from INT to DATETIME, for example (error 20105): its own source cannot have done that
 * either, but has dropped the column and added another of the name. The values of before are none of the new column's,
 * and the resync brings those in. After a crash in between the column is one that is lacking.
 */
function columnAnew(clause: string, error: unknown): readonly string[] | undefined {
  const column = /^modify column (?<name>`(?:[^`]|``)+`) /u.exec(clause)?.groups?.['name'];
  const isRefused = error instanceof Error && error.message.includes('unsupport change from original type');
  if (column === undefined || !isRefused) return undefined;
  return [`drop column ${column}`, clause.replace('modify column', 'add column')];
}
