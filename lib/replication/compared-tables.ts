import { CdcError } from '../errors.ts';
import { isWithoutCopy, tableKey, type TableName } from '../task/task.ts';
import { PART_BYTES } from './item-size.ts';
import { type PendingWindow, positionMillis } from './position.ts';
import type { Progress } from './progress.ts';
import type { Session } from './session.ts';
import { TableError } from './table-error.ts';
import { changeNotes } from './table-notes.ts';

/** Tables of one window whose changes the source could not tell, and which were compared instead, with its reasons. */
export class ComparedTables {
  readonly #reasons = new Map<string, string>();

  readonly note = (table: TableName, error: CdcError): void => {
    this.#reasons.set(tableKey(table), error.message);
  };

  has(table: TableName): boolean {
    return this.#reasons.has(tableKey(table));
  }

  get reasons(): ReadonlyMap<string, string> {
    return this.#reasons;
  }
}

/** Says so in the log and in what `show` tells. */
export function noteCompared(
  session: Session,
  { reasons }: ComparedTables,
  { until, number }: PendingWindow,
): Pick<Progress, 'compared'> {
  const at = new Date(positionMillis(until.ts)).toISOString();
  for (const [table, error] of reasons) {
    session.deps.log('warn', 'table.compared', { ...session.logFields, window: number, table, error });
  }
  const notes = [...reasons].map(([table, error]) => ({ table, reason: `in the window up to ${at}: ${error}` }));
  return { compared: changeNotes(session.progress.compared, notes, new Set(), PART_BYTES.compared) };
}

/**
 * A window that is under way can be read in no other way for a table whose changes the source knows no more: what has been
 * deleted by them would not come back. Notes that the table is to be compared with its sink table, as at the window's end;
 * which every later worker finds. Where the error is another one, nothing is done.
 */
export async function compareWithSink(session: Session, error: unknown, until: number): Promise<void> {
  const { pending } = session.progress;
  if (!(error instanceof TableError) || error.code !== 'CHANGES_UNREADABLE' || pending?.number !== until) return;
  if (isWithoutCopy(session.record.spec.options)) {
    // To compare would bring in what the task is to leave out.
    throw new TableError(error.source, new CdcError('HISTORY_LOST', error.message, { cause: error }));
  }
  const compared = [...new Set([...(pending.compared ?? []), error.table])];
  await session.advance({ pending: { ...pending, compared } });
}
