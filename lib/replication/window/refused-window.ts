import { isOfScope } from '../../error-codes.ts';
import { CdcError } from '../../errors.ts';
import { isWithoutCopy, tableKey, type TableMapping } from '../../task/task.ts';
import { currentSets, type Endpoints } from '../tables/endpoints.ts';
import { dropOwnPin } from '../history/pins.ts';
import type { PendingWindow } from '../../data/position.ts';
import { beginRebuild } from './rebuild.ts';
import type { Session, SessionStop, StoredTask } from '../session/session.ts';
import type { FencePosition } from '../endpoints/sink.ts';

/** Is it an error of a sink that refuses a row? */
export const isRefusal = (error: unknown): boolean => error instanceof CdcError && isOfScope(error.code, 'row');

/** True when the progress names all of these tables. If there are thousands, it names only some. */
export const isAllNoted = ({ progress }: StoredTask, tables: readonly TableMapping[]): boolean =>
  tables.every(({ source }) => Object.hasOwn(progress.tables, tableKey(source)));

/**
 * Records that the sink refused a row of the pending window. If somebody corrects the row at the source, the correction
 * lies after the window's end, where the refused row stays for ever. With `tableErrors` `ignore` the task goes on
 * without the table and needs no other end.
 */
export async function noteRefused(session: StoredTask & SessionStop, error: unknown, number: number): Promise<void> {
  const { pending } = session.progress;
  if (!isRefusal(error) || session.signal.aborted) return;
  if (session.record.spec.options.tableErrors === 'ignore' || pending?.number !== number || pending.refused) return;
  await session.advance({ pending: { ...pending, refused: true } });
}

/**
 * Gives up a refused window for a later one, which has the present row; true when it did. If the sink has nothing of
 * the window and the window has nothing but rows (`onlyRows`), the sink is still at the checkpoint, so the next window
 * may end anywhere. If the sink has a part of the window, only a comparison of all tables at a later end helps.
 */
export async function gaveUpRefused(
  session: Session,
  ends: Endpoints,
  pending: PendingWindow,
  fence: FencePosition,
  onlyRows: boolean,
): Promise<boolean> {
  const { checkpoint, selection } = session.progress;
  if (pending.refused !== true || fence.window === pending.number || pending.selection !== selection) return false;
  if (checkpoint !== undefined && onlyRows && fence.batch === 0) {
    await session.advance({ pending: undefined });
    await dropOwnPin(session, ends.source, pending.until);
  } else {
    if (isWithoutCopy(session.record.spec.options)) return false;
    const afterRefusal =
      checkpoint === undefined
        ? pending.afterRefusal
        : isAllNoted(session, (await currentSets(session, ends).at(checkpoint)).tables);
    await beginRebuild(session, ends, fence, afterRefusal);
    for (const pin of [checkpoint, pending.until]) if (pin !== undefined) await dropOwnPin(session, ends.source, pin);
  }
  session.log('warn', 'window.given-up', { window: pending.number });
  return true;
}
