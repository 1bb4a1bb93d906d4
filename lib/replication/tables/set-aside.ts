import { cutText } from '../../cut-text.ts';
import type { CdcError } from '../../errors.ts';
import { tableKey, type TableMapping, type TableKey, tableKeysOf, tableEntriesOf } from '../../task/task.ts';
import type { TaskError } from '../../record/task-record.ts';
import { itemBytes, ENTRY_BYTES, PART_BYTES, roomFor } from '../../record/item-size.ts';
import type { AsideTable, Progress } from '../../record/progress.ts';
import type { HeldLease, Session, StoredTask, TaskNow } from '../session/session.ts';
import { TableError } from '../../data/table-error.ts';

/** The task's item must stay small. And if so many tables are bad, it is the task that is bad. */
const MOST_ASIDE = 100;
const LONGEST_MESSAGE = 300;

/** For an error that may pass, sets a table aside only after this many tries and this many milliseconds. */
const TRIES = 5;
const SET_ASIDE_AFTER_MS = 30_000;

/**
 * After an error of a single table, takes the table out of the windows so that the others go on. False when the task
 * has to stop instead: because its options say so, because no table would be left, or because too many are set aside.
 */
export async function setAside(session: Session, error: CdcError, { ofTables }: TaskError): Promise<boolean> {
  if (session.record.spec.options.tableErrors !== 'ignore' || !(error instanceof TableError)) return false;
  const now = session.deps.clock.now();
  const { attempts, firstAt } = ofTables?.[error.table] ?? { attempts: 1, firstAt: now };
  if (error.retry && (attempts < TRIES || now - firstAt < SET_ASIDE_AFTER_MS)) return false;
  const { progress } = session;
  const aside = { ...progress.aside, [error.table]: noteOf(session, error, now) };
  const isLast = tablesOf(session).every((table) => Object.hasOwn(aside, table));
  if (isLast || !fitsItem(aside)) return false;
  await session.advance({ aside });
  const { code, message } = error;
  session.log('error', 'table.set-aside', { table: error.table, code, error: message });
  return true;
}

function fitsItem(aside: Progress['aside']): boolean {
  const fits = roomFor(PART_BYTES.aside, MOST_ASIDE);
  return tableEntriesOf(aside).every(([table, { message, action }]) =>
    fits(itemBytes(table, message, action) + ENTRY_BYTES),
  );
}

const noteOf = ({ latest }: HeldLease, { code, message, action }: CdcError, now: number): AsideTable => ({
  code,
  message: cutText(message, LONGEST_MESSAGE),
  action,
  at: now,
  check: latest.check?.number ?? 0,
});

/** At the levels database and account, without the tables that the pending window adds. */
function tablesOf({ record: { spec }, progress }: StoredTask): TableKey[] {
  return spec.level === 'table' ? spec.tables.map(({ source }) => tableKey(source)) : tableKeysOf(progress.tables);
}

/**
 * True when the user asked for a resync that brings the table back. A failed resync is not repeated until the user asks
 * again.
 */
export function isComingBack({ latest, progress }: TaskNow, table: TableKey): boolean {
  const found = progress.aside[table];
  const { check } = latest;
  if (found === undefined || check?.kind !== 'resync' || check.number <= found.check) return false;
  return check.tables?.includes(table) ?? true;
}

/**
 * True when the table is left out of the current work. A table that a resync asks for comes back in a window, not in
 * the load.
 */
export const isLeftAside = (session: TaskNow, table: TableKey): boolean =>
  Object.hasOwn(session.progress.aside, table) &&
  (session.progress.phase !== 'window' || !isComingBack(session, table));

/** The tables that are out of the windows for now. */
export const asideTables = (session: TaskNow): ReadonlySet<TableKey> =>
  new Set(tableKeysOf(session.progress.aside).filter((table) => !isComingBack(session, table)));

export const returningTables = (session: TaskNow): ReadonlySet<TableKey> =>
  new Set(tableKeysOf(session.progress.aside).filter((table) => isComingBack(session, table)));

export const isAnyComingBack = (session: TaskNow): boolean => returningTables(session).size > 0;

export const notAside = ({ aside }: Progress, tables: readonly TableMapping[]): TableMapping[] =>
  tables.filter(({ source }) => !Object.hasOwn(aside, tableKey(source)));

export const asideAmong = (aside: Progress['aside'], tables: ReadonlySet<TableKey>): Progress['aside'] =>
  Object.fromEntries(tableEntriesOf(aside).filter(([table]) => tables.has(table)));
