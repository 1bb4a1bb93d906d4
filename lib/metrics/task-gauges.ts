import { historyHold } from '../record/shown/history-hold.ts';
import { lagBeyondInterval, lagOf } from '../record/lag.ts';
import type { TaskBrief } from '../record/brief/task-brief.ts';
import { STATE_TRAITS, type TaskState } from '../task/state-traits.ts';
import { taskState } from '../record/task-state.ts';
import type { TaskMetric, TickMetric } from './metric-names.ts';

type Gauges = Readonly<Record<Exclude<TickMetric, 'WorkersStarted' | 'WorkersNotStarted'>, number>>;

type Summed = { -readonly [Name in keyof Gauges]: number };

/** Should a worker make progress? A paused, finished or failed task has no lag that anybody works on. */
const isToRun = (state: TaskState): boolean => STATE_TRAITS[state].goesOn;

/** Gauges of all tasks of a stage together, in seconds or counts. It keeps sums and no task. */
export class StageGauges {
  readonly #gauges: Summed = {
    ...{ Heartbeat: 1, Tasks: 0, TasksRunning: 0, TasksRetrying: 0, TasksStalled: 0, TasksFailed: 0, TasksPaused: 0 },
    ...{ TasksSetAside: 0, TasksHistoryExpiring: 0, LargestLag: 0, LargestLagBeyondInterval: 0 },
    ...{ OldestProgress: 0, LoadRowsLeft: 0 },
  };

  /** `now`: milliseconds since 1970. */
  add(task: TaskBrief, now: number): void {
    const gauges = this.#gauges;
    const state = taskState(task, now);
    const { progress, underWay } = task;
    gauges.Tasks += 1;
    const { countedIn } = STATE_TRAITS[state];
    if (countedIn !== undefined) gauges[countedIn] += 1;
    if (Object.keys(task.counts.aside).length > 0) gauges.TasksSetAside += 1;
    if (historyHold(task, now)?.isExpiring === true) gauges.TasksHistoryExpiring += 1;
    if (!isToRun(state)) return;
    const lag = lagOf(progress, now) ?? 0;
    gauges.LargestLag = Math.max(gauges.LargestLag, lag / 1_000);
    const beyond = lagBeyondInterval(lag, task, now) / 1_000;
    gauges.LargestLagBeyondInterval = Math.max(gauges.LargestLagBeyondInterval, beyond);
    const since = now - Math.max(progress.progressAt, underWay?.at ?? 0);
    gauges.OldestProgress = Math.max(gauges.OldestProgress, since / 1_000);
    gauges.LoadRowsLeft += loadRowsLeft(task);
  }

  /** A broken item counts as a failed task, because somebody has to act. */
  result(unreadable: number): Gauges {
    const { Tasks, TasksFailed } = this.#gauges;
    return { ...this.#gauges, Tasks: Tasks + unreadable, TasksFailed: TasksFailed + unreadable };
  }
}

/** Gauges of one task. `TaskRows`: all that it has loaded and applied. `TaskNeedsHelp` is 1 if the task has failed or is stalled. */
export function taskGauges(task: TaskBrief, now: number): Readonly<Partial<Record<TaskMetric, number>>> {
  const state = taskState(task, now);
  const lag = isToRun(state) ? lagOf(task.progress, now) : null;
  return {
    ...(lag === null ? {} : { TaskLag: lag / 1_000 }),
    TaskRows: task.progress.rowsLoaded + task.progress.rowsApplied,
    TaskLoadRowsLeft: loadRowsLeft(task),
    TaskNeedsHelp: STATE_TRAITS[state].needsHelp ? 1 : 0,
  };
}

/** Rows that the load has still to write, as far as they were counted. */
const loadRowsLeft = ({ progress, generation, counts }: TaskBrief): number =>
  progress.phase === 'load' && progress.generation === generation ? counts.rowsLeft : 0;
