import { CdcError } from '../../errors.ts';
import type { FenceFound } from '../endpoints/sink.ts';
import type { StoredTask } from '../session/session.ts';

/**
 * Takes over from the fence what the store does not have yet. A window that brings rows alone is complete with one sink
 * transaction, and the store gets it up to a second later: if the worker died before, only the fence knows of it. The
 * point counts only upon progress that the store still has. If the store has fewer saves, it was restored. Nobody knows
 * when the window was applied: it counts as a change of `now` (milliseconds since 1970).
 */
export function goOnFromFence(session: StoredTask, { window, batch, point }: FenceFound, now: number): void {
  const { progress } = session;
  if (window <= progress.window || batch > 0 || point === undefined) return;
  if (progress.phase !== 'window' || progress.pending !== undefined || progress.checkpoint === undefined) return;
  if (point.saves > progress.saves) return;
  session.appliedAtSink({ checkpoint: point.checkpoint, window, changedAt: now });
}

/** The sink's fence and the progress may differ only by the pending window. */
export function compareWithFence({ progress }: StoredTask, { window }: FenceFound): void {
  const ahead = window - progress.window;
  if (ahead === 0 || (ahead === 1 && progress.pending !== undefined)) return;
  throw new CdcError(
    'FENCE_MISMATCH',
    `The sink says that window ${window} was applied, the task says ${progress.window}: one of them was restored or replaced.`,
  );
}
