import { isCdcError } from '../errors.ts';
import type { TableSchema } from '../replication/change.ts';
import type { SinkTable } from '../replication/sink.ts';
import { baseType } from './column-type.ts';
import type { ColumnLine, Dialect, SinkColumn, SinkDescription } from './dialect.ts';
import { quoteName, quoteNames, quoteTable } from './identifier.ts';
import type { Session } from './session.ts';
import { ensureTable, serverVersion } from './table-setup.ts';

/**
 * Brings an existing table to the columns and the key of its source table, step by step, each step only where the table
 * still differs: a repetition goes on where a crash left off. A column that was renamed is a new one here, and is filled
 * by the resync that follows.
 */
export async function alterTable(
  session: Session,
  dialect: Dialect,
  table: SinkTable,
  before: TableSchema | undefined,
): Promise<void> {
  const found = await dialect.describe(session, table.name);
  if (found !== undefined) {
    const lines = dialect.columnLines(table.schema, await serverVersion(session));
    for (const step of steps(found, table, before, lines)) await alter(session, table, step);
  }
  await ensureTable(session, dialect, table);
}

const folded = (name: string): string => name.toLowerCase();

function steps(
  found: SinkDescription,
  { schema }: SinkTable,
  before: TableSchema | undefined,
  lines: readonly ColumnLine[],
): string[] {
  const present = new Map(found.columns.map((column) => [folded(column.name), column]));
  const wanted = new Set(schema.columns.map((column) => folded(column.name)));
  const sameKey = found.key.map(folded).toSorted().join() === schema.key.map(folded).toSorted().join();
  const had = new Set(before?.columns.map((column) => folded(column.name)));
  const left = found.columns.filter((column) => !wanted.has(folded(column.name)));
  const dropped = left.filter((column) => had.has(folded(column.name)) || column.required);
  return [
    ...(sameKey || found.key.length === 0 ? [] : ['drop primary key']),
    ...lines.flatMap((line) => columnStep(present.get(folded(line.name)), line)),
    ...dropped.map(({ name }) => `drop column ${quoteName(name)}`),
    ...(sameKey || schema.key.length === 0 ? [] : [`add primary key (${quoteNames(schema.key)})`]),
  ];
}

function columnStep(present: SinkColumn | undefined, { type, line }: ColumnLine): string[] {
  if (present === undefined) return [`add column ${line}`];
  return sameType(present.type, type) ? [] : [`modify column ${line}`];
}

/** Servers print display widths (`int(11)`) that nobody declared, and character sets after the type. */
function sameType(present: string, wanted: string): boolean {
  const plain = (type: string): string =>
    type
      .toLowerCase()
      .replace(/ character set .*$/u, '')
      .replace(/^((?:tiny|small|medium|big)?int)\(\d+\)/u, '$1')
      .replaceAll(/\s+/gu, ' ');
  return plain(present) === plain(wanted) || (baseType(present) === 'json' && baseType(wanted) === 'json');
}

async function alter(session: Session, table: SinkTable, step: string): Promise<void> {
  const statement = `alter table ${quoteTable(table.name)} ${step}`;
  try {
    await session.query(statement);
  } catch (error) {
    if (!isCdcError(error, 'SINK_DUPLICATE_KEY')) throw error;
    // The rows of before have no place under the new key; the resync brings in all that belong there.
    await session.query(`delete from ${quoteTable(table.name)}`);
    await session.query(statement);
  }
}
