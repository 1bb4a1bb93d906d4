import { newProgress } from './progress.ts';
import type { TaskRecord } from './task-record.ts';
import type { TaskSpec } from '../task/task.ts';

const FIRST_GENERATION = 1;

/** A new task. `now` in milliseconds since 1970; `keptByPitr` as in Progress. */
export const newTaskRecord = (id: string, spec: TaskSpec, now: number, keptByPitr?: boolean): TaskRecord => ({
  id,
  spec,
  createdAt: now,
  desired: 'running',
  runningSince: now,
  forced: false,
  generation: FIRST_GENERATION,
  edits: 0,
  selection: 0,
  before: undefined,
  epoch: 0,
  lease: undefined,
  check: undefined,
  progress: { ...newProgress(FIRST_GENERATION, now), keptByPitr },
  underWay: undefined,
  error: undefined,
});
