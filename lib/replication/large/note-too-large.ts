import type { PendingWindow, Window } from '../../data/position.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';
import type { SourceCatalog } from '../endpoints/source.ts';
import type { Session } from '../session/session.ts';
import { tableKey, type TableName, type TableKey } from '../../task/task.ts';
import { WindowTooLarge } from './window-too-large.ts';

/** The pending window names no more tables: the task's item must stay small. */
const MOST_NAMED = 20;
/** Up to this many tables are taken as they are; of more, only those with this many rows are taken for too large. */
const FEW = 4;
const MANY_ROWS = 1_000_000;

/**
 * Notes in the pending window which tables are compared because they have too many changes; every later worker finds the
 * note. False for any other error. Without a beginning, a window compares all its tables anyway.
 */
export async function noteTooLarge(
  session: Session,
  source: SourceCatalog,
  error: unknown,
  number: number,
): Promise<boolean> {
  const { pending, checkpoint } = session.progress;
  if (!(error instanceof WindowTooLarge) || session.signal.aborted) return false;
  if (pending?.number !== number || checkpoint === undefined || pending.comparesAll === true) return false;
  const found = await largest(source, error.tables, { after: checkpoint, until: pending.until });
  const named = new Set([...(pending.compared ?? []), ...found]);
  const isAll = found.length === 0 || named.size > MOST_NAMED;
  const noted: PendingWindow = isAll ? { ...pending, comparesAll: true } : { ...pending, compared: [...named] };
  session.log('info', 'window.large', { window: number, tables: isAll ? 'all' : found });
  await session.advance({ pending: noted });
  return true;
}

/** Tables (`db.table`) of these that have many rows. Empty when it is their number that makes the window large. */
async function largest(source: SourceCatalog, tables: readonly TableName[], window: Window): Promise<TableKey[]> {
  if (tables.length <= FEW) return tables.map(tableKey);
  const found: TableKey[] = [];
  for (const table of tables) {
    const rows = (at: Window['after']): Promise<number> => attributeErrorsTo(table, () => source.countRows(table, at));
    if (Math.max(await rows(window.after), await rows(window.until)) >= MANY_ROWS) found.push(tableKey(table));
  }
  return found;
}
