import { checkpointInterval } from './checkpoint-interval.ts';
import { positionMillis } from '../data/position.ts';
import type { Progress } from './progress.ts';
import type { TaskSpec } from '../task/task.ts';

/** How old the sink is, in milliseconds; null before the first copy is done, and once the task is finished. */
export function lagOf({ phase, checkpoint, caughtUpAt }: Progress, now: number): number | null {
  if (checkpoint === undefined || phase === 'finished') return null;
  return Math.max(0, now - Math.max(positionMillis(checkpoint.ts), caughtUpAt));
}

/** The part of a lag that is more than the task may wait between two looks. Milliseconds. */
export const lagBeyondInterval = (lagMs: number, { options }: TaskSpec): number =>
  Math.max(0, lagMs - checkpointInterval(options));
