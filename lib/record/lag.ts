import { positionMillis } from '../data/position.ts';
import { lookInterval, type Pace, paceOf, TICK_MS } from './pace.ts';
import type { ProgressFacts, TaskFacts } from './task-record.ts';
import type { TaskOptions } from '../task/task.ts';

/** An idle task moves its checkpoint this often, so that little history is held and `show` stays fresh. */
export const IDLE_ADVANCE_MS = 10_000;

/**
 * How often the checkpoint moves at least while all is well, in milliseconds. An idle task looks at the source more
 * often.
 */
export const checkpointInterval = (options: TaskOptions, pace: Pace): number =>
  Math.max(lookInterval(options), pace === 'tick' ? TICK_MS : IDLE_ADVANCE_MS);

/** How old the state of the sink is, in milliseconds; null before the load is done, and after the task is finished. */
export function lagOf({ phase, checkpoint, caughtUpAt }: ProgressFacts, now: number): number | null {
  if (checkpoint === undefined || phase === 'finished') return null;
  return Math.max(0, now - Math.max(positionMillis(checkpoint.ts), caughtUpAt));
}

/** A worker stores the windows that it applies at least this often. Milliseconds. */
const STORED_WITHIN_MS = 1_500;

/**
 * The lag to show, in milliseconds. A worker that applies window after window stores its progress once a second: the
 * sink is further by now than the store says, so the lag is that of the time when the progress was stored.
 */
export function shownLag({ lease }: Pick<TaskFacts, 'lease'>, progress: ProgressFacts, now: number): number | null {
  const isWorking = lease !== undefined && lease.until > now && now - progress.progressAt < STORED_WITHIN_MS;
  return lagOf(progress, isWorking ? progress.progressAt : now);
}

/** By how much a lag exceeds the time that the task may wait between two looks. Milliseconds. */
export const lagBeyondInterval = (lagMs: number, task: TaskFacts, now: number): number =>
  Math.max(0, lagMs - checkpointInterval(task.spec.options, paceOf(task, now)));
