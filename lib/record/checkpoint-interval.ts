import type { TaskOptions } from '../task/task.ts';

/** An idle task moves its checkpoint this often, so that little history is held and `show` stays fresh. */
export const IDLE_ADVANCE = 10_000;
/** The schedule comes once a minute. */
const TICK = 60_000;

/** How often the checkpoint moves at least while all is well, in milliseconds: an idle task looks more often than that. */
export const checkpointInterval = ({ mode, pollIntervalMs }: Pick<TaskOptions, 'mode' | 'pollIntervalMs'>): number =>
  Math.max(pollIntervalMs, mode === 'tick' ? TICK : IDLE_ADVANCE);
