import type { TaskFacts } from './task-record.ts';
import type { TaskOptions } from '../task/task.ts';

/** Milliseconds between two ticks. */
export const TICK_MS = 60_000;

/**
 * How workers follow the source. `continuous`: a worker looks all the time, and gets a successor when its time is up.
 * `tick`: each worker looks once, and the schedule starts the next one.
 */
export const PACES = ['continuous', 'tick'] as const;
export type Pace = (typeof PACES)[number];

/**
 * The pace of a task at a time (milliseconds since 1970). In mode `adaptive` it follows from stored facts alone, so that
 * schedule, worker and `show` agree: the task is continuous until nothing has changed for `idleAfterMs`. A task that was
 * asked to run only now, or that still loads its tables, is continuous too.
 */
export function paceOf(
  { spec, progress, runningSince }: Pick<TaskFacts, 'spec' | 'progress' | 'runningSince'>,
  now: number,
): Pace {
  const { mode, idleAfterMs } = spec.options;
  if (mode !== 'adaptive') return mode;
  if (progress.phase !== 'window') return 'continuous';
  return now - Math.max(progress.changedAt, runningSince) < idleAfterMs ? 'continuous' : 'tick';
}

/** The longest time between two looks at the source that the options allow, in milliseconds. */
export const lookInterval = ({ mode, pollIntervalMs, minWindowMs }: TaskOptions): number =>
  mode === 'tick' ? pollIntervalMs : Math.max(pollIntervalMs, minWindowMs);
