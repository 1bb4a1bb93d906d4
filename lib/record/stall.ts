import type { TaskRecord } from './task-record.ts';

/** A task that has not come forward for longer than this, although it should have, is stalled. Milliseconds. */
export const STALL_MS = 300_000;

/**
 * Rows that pass show that a step is under way, but not that it will ever be done: one that takes longer than this,
 * the time of two workers, is begun again and again. Milliseconds.
 */
export const LONGEST_STEP_MS = 1_800_000;

/** Is the next thing to do the next window? */
export const isIdle = ({ progress, generation }: TaskRecord): boolean =>
  progress.generation === generation && progress.phase === 'window' && progress.pending === undefined;

/**
 * Since when a task that is to run has not come forward although it should have, in milliseconds; undefined when that
 * is not so, or not for long. The reasons may be any: no worker starts, one hangs, the same error comes again.
 */
export function stalledSince(record: TaskRecord, now: number): number | undefined {
  const since = dueSince(record);
  return now - since > STALL_MS ? since : undefined;
}

/** The last time at which nothing more was due. */
function dueSince(record: TaskRecord): number {
  const { runningSince, progress, underWay, error } = record;
  const step = Math.max(runningSince, progress.progressAt);
  const moved = underWay !== undefined && underWay.at - step < LONGEST_STEP_MS ? underWay.at : 0;
  const due = Math.max(step, moved, nextWindow(record));
  // Attempts that fail may store steps all the same; what has moved since the last failure is an attempt that lives.
  if (error === undefined || moved > error.lastAt) return due;
  return Math.max(runningSince, Math.min(due, error.firstAt));
}

/** When the next window is due, for a task that waits for it; otherwise 0. */
function nextWindow(record: TaskRecord): number {
  if (!isIdle(record)) return 0;
  const { pollIntervalMs, endTs } = record.spec.options;
  const next = record.progress.caughtUpAt + pollIntervalMs;
  return endTs === null ? next : Math.min(next, Date.parse(endTs));
}
