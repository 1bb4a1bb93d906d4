import { positionMillis } from '../data/position.ts';
import type { Progress } from './progress.ts';
import type { TaskOptions, TaskSpec } from '../task/task.ts';

/** An idle task moves its checkpoint this often, so that little history is held and `show` stays fresh. */
export const IDLE_ADVANCE_MS = 10_000;
/** Milliseconds between two ticks. */
export const TICK_MS = 60_000;

/**
 * How often the checkpoint moves at least while all is well, in milliseconds. An idle task looks at the source more
 * often.
 */
export const checkpointInterval = ({ mode, pollIntervalMs }: Pick<TaskOptions, 'mode' | 'pollIntervalMs'>): number =>
  Math.max(pollIntervalMs, mode === 'tick' ? TICK_MS : IDLE_ADVANCE_MS);

/** How old the state of the sink is, in milliseconds; null before the load is done, and after the task is finished. */
export function lagOf({ phase, checkpoint, caughtUpAt }: Progress, now: number): number | null {
  if (checkpoint === undefined || phase === 'finished') return null;
  return Math.max(0, now - Math.max(positionMillis(checkpoint.ts), caughtUpAt));
}

/** By how much a lag exceeds the time that the task may wait between two looks. Milliseconds. */
export const lagBeyondInterval = (lagMs: number, { options }: TaskSpec): number =>
  Math.max(0, lagMs - checkpointInterval(options));
