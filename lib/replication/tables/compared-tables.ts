import type { ErrorCode } from '../../error-codes.ts';
import { CdcError } from '../../errors.ts';
import { isWithoutCopy, tableKey, type TableName, type TableKey } from '../../task/task.ts';
import { PART_BYTES } from '../../record/item-size.ts';
import { type PendingWindow, positionMillis } from '../../data/position.ts';
import type { Progress } from '../../record/progress.ts';
import type { SessionLog, SessionStop, StoredTask } from '../session/session.ts';
import { TableError } from '../../data/table-error.ts';
import { changeNotes } from '../../record/table-notes.ts';

/** Tables of one window that were compared because the source could not compute their changes, with the reasons. */
export class ComparedTables {
  readonly #reasons = new Map<TableKey, string>();

  readonly note = (table: TableName, error: CdcError): void => {
    this.#reasons.set(tableKey(table), error.message);
  };

  has(table: TableName): boolean {
    return this.#reasons.has(tableKey(table));
  }

  get reasons(): ReadonlyMap<TableKey, string> {
    return this.#reasons;
  }
}

/** Notes the compared tables in the log and in what `show` tells. */
export function noteCompared(
  session: StoredTask & SessionLog,
  { reasons }: ComparedTables,
  { until, number }: PendingWindow,
): Pick<Progress, 'compared'> {
  const at = new Date(positionMillis(until.ts)).toISOString();
  for (const [table, error] of reasons) logCompared(session, number, table, error);
  const notes = [...reasons].map(([table, error]) => ({ table, reason: `in the window up to ${at}: ${error}` }));
  return { compared: changeNotes(session.progress.compared, notes, new Set(), PART_BYTES.compared) };
}

function logCompared(session: SessionLog, window: number, table: TableKey, error: string): void {
  session.log('warn', 'table.compared', { window, table, error });
}

/**
 * Errors that a comparison mends. The value is the error for a task without a load: a comparison would copy rows that
 * such a task must leave out.
 */
const MENDED: ReadonlyMap<ErrorCode, ErrorCode> = new Map([
  // Another way of reading would not show the rows that the changes have deleted.
  ['CHANGES_UNREADABLE', 'HISTORY_LOST'],
  // The table is created again, and lacks all of its rows.
  ['SINK_TABLE_MISSING', 'SINK_TABLE_MISMATCH'],
]);

/** True for an error of a table that a comparison of the table mends. */
export const isMended = (error: unknown): error is TableError => error instanceof TableError && MENDED.has(error.code);

/**
 * Notes in the pending window that a table is to be compared with its sink table, as it is at the window's end; every
 * later worker finds the note. False when a comparison does not mend the error. Throws a TableError if the task has no
 * load.
 */
export async function isToCompare(
  session: StoredTask & SessionLog & SessionStop,
  error: unknown,
  number: number,
): Promise<boolean> {
  const { pending } = session.progress;
  if (!isMended(error) || session.signal.aborted || pending?.number !== number) return false;
  const { compared = [] } = pending;
  if (compared.includes(error.table)) return false;
  if (isWithoutCopy(session.record.spec.options)) {
    const code = MENDED.get(error.code) ?? error.code;
    throw new TableError(error.source, new CdcError(code, error.message, { cause: error }));
  }
  logCompared(session, number, error.table, error.message);
  await session.advance({ pending: { ...pending, compared: [...compared, error.table] } });
  return true;
}
