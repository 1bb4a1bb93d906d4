import { isCdcError } from '../errors.ts';
import { type Ends, toAdopt } from './ends.ts';
import { createPin, sweepPins } from './pins.ts';
import type { Session } from './session.ts';
import type { FencePosition } from './sink.ts';

/**
 * Makes sure that the task still stands on what it stood on. Where history or fence are not those that the task left,
 * and a resync of all of it is asked for, the task begins anew without emptying the sink: with a window that compares
 * every table at its end and writes what differs. That needs no history.
 */
export async function rebuildIfLost(
  session: Session,
  ends: Ends,
  fence: FencePosition,
  makeSure: () => Promise<void>,
): Promise<void> {
  try {
    await makeSure();
  } catch (error) {
    const lost = isCdcError(error, 'HISTORY_LOST') || isCdcError(error, 'FENCE_MISMATCH');
    if (!lost || !isAskedFor(session)) throw error;
    session.deps.log('warn', 'task.rebuild', { ...session.logFields, code: error.code });
    await beginRebuild(session, ends, fence);
    await sweepPins(session, ends.source);
  }
}

/** One that has begun to compare in the usual way has found the task standing. */
function isAskedFor({ latest, progress }: Session): boolean {
  const { check } = latest;
  return check?.kind === 'resync' && check.tables === undefined && check.number !== progress.check?.number;
}

/**
 * What was planned for older pins goes first: a crash after that finds the task as lost as before. The fence follows with
 * the first chunk: should the worker die before that, the next one begins once more.
 */
async function beginRebuild(session: Session, ends: Ends, fence: FencePosition): Promise<void> {
  await ends.sink.forgetChunks();
  const window = Math.max(session.progress.window, fence.window);
  const until = await createPin(session, ends.source);
  const { selection } = session.record;
  const pending = { number: window + 1, until, selection };
  const lost = { phase: 'window', loadPin: undefined, checkpoint: undefined } as const;
  await session.advance({ ...lost, selection, window, pending }, toAdopt(session));
}
