import { lookInterval } from './pace.ts';
import type { TaskFacts } from './task-record.ts';

/** A task is stalled when it should have progressed and has not done so for longer than this. Milliseconds. */
export const STALL_MS = 300_000;

/**
 * Passing rows show that a step is under way, but not that it will ever be done. A step that takes longer than this,
 * the time of two workers, probably begins again and again. Milliseconds.
 */
export const LONGEST_STEP_MS = 1_800_000;

/** True when the task has nothing to do before its next window. */
export const isIdle = ({ progress, generation }: TaskFacts): boolean =>
  progress.generation === generation && progress.phase === 'window' && progress.pending === undefined;

/**
 * Since when a task that should run has not progressed although it should have, in milliseconds since 1970; undefined
 * when the task is not stalled. The reason does not matter: no worker starts, a worker hangs, or the same error comes
 * again.
 */
export function stalledSince(record: TaskFacts, now: number): number | undefined {
  const since = dueSince(record);
  return now - since > STALL_MS ? since : undefined;
}

/** The last time at which nothing was overdue, in milliseconds since 1970. */
function dueSince(record: TaskFacts): number {
  const { runningSince, progress, underWay, error } = record;
  const step = Math.max(runningSince, progress.progressAt);
  const moved = underWay !== undefined && underWay.at - step < LONGEST_STEP_MS ? underWay.at : 0;
  const due = Math.max(step, moved, nextWindow(record));
  // Failing attempts may store steps too, so count from the first failure. But if rows have moved since the last
  // failure, the present attempt is alive.
  if (error === undefined || moved > error.lastAt) return due;
  return Math.max(runningSince, Math.min(due, error.firstAt));
}

/** When the next window is due, in milliseconds since 1970, if the task waits for it; otherwise 0. */
function nextWindow(record: TaskFacts): number {
  if (!isIdle(record)) return 0;
  const { options } = record.spec;
  const { endTs } = options;
  const next = record.progress.caughtUpAt + lookInterval(options);
  return endTs === null ? next : Math.min(next, Date.parse(endTs));
}
