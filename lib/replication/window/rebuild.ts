import { isOfScope } from '../../error-codes.ts';
import { CdcError } from '../../errors.ts';
import { type Endpoints, toAdopt } from '../tables/endpoints.ts';
import { createPin, sweepPins } from '../history/pins.ts';
import type { Session } from '../session/session.ts';
import type { FencePosition } from '../endpoints/sink.ts';

/**
 * Makes sure that the task still stands on what it stood on. Where history or fence are not those that the task left,
 * and a resync of all of it is asked for, the task begins anew without emptying the sink: with a window that compares
 * every table at its end and writes what differs. That needs no history.
 */
export async function rebuildIfLost(
  session: Session,
  ends: Endpoints,
  fence: FencePosition,
  makeSure: () => Promise<void>,
): Promise<void> {
  try {
    await makeSure();
  } catch (error) {
    if (!(await beganRebuild(session, ends, fence, error))) throw error;
    await sweepPins(session, ends.source);
  }
}

/** Has a rebuild begun because of the error? */
export async function beganRebuild(
  session: Session,
  ends: Endpoints,
  fence: FencePosition,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof CdcError) || !isOfScope(error.code, 'basis')) return false;
  if (session.signal.aborted || !isAskedFor(session)) return false;
  session.deps.log('warn', 'task.rebuild', { ...session.logFields, code: error.code });
  await beginRebuild(session, ends, fence);
  return true;
}

/** A resync of all that has not come to its end, also one that compares in the usual way when it finds history gone. */
function isAskedFor({ latest, progress }: Session): boolean {
  const { check } = latest;
  const known = progress.check;
  if (check?.kind !== 'resync' || check.tables !== undefined) return false;
  return known?.number !== check.number || known.finishedAt === 0;
}

/**
 * What was planned for older pins goes first: a crash after that finds the task as lost as before. The fence follows with
 * the first chunk: should the worker die before that, the next one begins once more. `afterRefusal` as in PendingWindow.
 */
export async function beginRebuild(
  session: Session,
  ends: Endpoints,
  fence: FencePosition,
  afterRefusal?: boolean,
): Promise<void> {
  await ends.sink.forgetChunks();
  const window = Math.max(session.progress.window, fence.window);
  const until = await createPin(session, ends.source);
  const { selection } = session.record;
  const pending = { number: window + 1, until, selection, afterRefusal };
  const lost = { loadPin: undefined, loadRefused: undefined, checkpoint: undefined, restartedFrom: undefined };
  await session.advance({ phase: 'window', ...lost, selection, window, pending }, toAdopt(session));
}
