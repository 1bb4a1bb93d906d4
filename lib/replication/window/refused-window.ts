import { isOfScope } from '../../error-codes.ts';
import { CdcError } from '../../errors.ts';
import { isWithoutCopy, tableKey, type TableMapping } from '../../task/task.ts';
import { currentSets, type Endpoints } from '../tables/endpoints.ts';
import { dropOwnPin } from '../history/pins.ts';
import type { PendingWindow } from '../../data/position.ts';
import { beginRebuild } from './rebuild.ts';
import type { Session } from '../session/session.ts';
import type { FencePosition } from '../endpoints/sink.ts';

/** Has a sink said that it cannot have a row? */
export const isRefusal = (error: unknown): boolean => error instanceof CdcError && isOfScope(error.code, 'row');

/** Does the progress name all of these tables? Of thousands it names some. */
export const isAllNoted = ({ progress }: Session, tables: readonly TableMapping[]): boolean =>
  tables.every(({ source }) => Object.hasOwn(progress.tables, tableKey(source)));

/**
 * Notes that the sink has refused a row of the pending window. Whoever mends that at the source mends it after the window's
 * end, where the row is as it was for ever. A task that goes on without the table needs no other end.
 */
export async function noteRefused(session: Session, error: unknown, number: number): Promise<void> {
  const { pending } = session.progress;
  if (!isRefusal(error) || session.signal.aborted) return;
  if (session.record.spec.options.tableErrors === 'ignore' || pending?.number !== number || pending.refused) return;
  await session.advance({ pending: { ...pending, refused: true } });
}

/**
 * Gives a refused window up for a later one, which has the row as it is by then. True when that is done. Where the sink has
 * nothing of the window, and it brings nothing but rows (`onlyRows`), the next one may end anywhere: the sink is what it was at
 * the checkpoint. Where some of it is there, only a comparison of all tables at a later end leads on.
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
  session.deps.log('warn', 'window.given-up', { ...session.logFields, window: pending.number });
  return true;
}
