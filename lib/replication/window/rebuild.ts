import { isOfScope } from '../../error-codes.ts';
import { CdcError } from '../../errors.ts';
import { type Endpoints, toAdopt } from '../tables/endpoints.ts';
import { createPin, sweepPins } from '../history/pins.ts';
import type { Session, TaskNow } from '../session/session.ts';
import type { FencePosition } from '../endpoints/sink.ts';
import { isCheckWanted } from '../../record/check-progress.ts';

/**
 * Checks that history and fence are as the task left them. If they are not, and the user asked for a resync of all
 * tables, the task starts over without emptying the sink: its next window compares every table at the window's end and
 * writes the differences. That needs no history.
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

/** Begins a rebuild if the error calls for it; true when it did. */
export async function beganRebuild(
  session: Session,
  ends: Endpoints,
  fence: FencePosition,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof CdcError) || !isOfScope(error.code, 'basis')) return false;
  if (session.signal.aborted || !isAskedFor(session)) return false;
  session.log('warn', 'task.rebuild', { code: error.code });
  await beginRebuild(session, ends, fence);
  return true;
}

/**
 * True when the user asked for a resync of all tables that is not finished. It may also have begun as a usual
 * comparison and found history lost.
 */
function isAskedFor({ latest, progress }: TaskNow): boolean {
  const { check } = latest;
  return check?.kind === 'resync' && check.tables === undefined && isCheckWanted(check, progress.check);
}

/**
 * Deletes the plans for older pins first: after a crash, the next worker finds the task as lost as before. The fence
 * follows with the first chunk: if the worker dies before that, the next one begins the rebuild again. `afterRefusal`
 * as in PendingWindow.
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
