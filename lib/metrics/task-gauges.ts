import { historyHold } from '../record/shown/history-hold.ts';
import { rowsLeft } from '../record/shown/load-estimate.ts';
import { lagBeyondInterval, lagOf } from '../record/lag.ts';
import type { TaskRecord } from '../record/task-record.ts';
import { STATE_TRAITS, type TaskState } from '../task/state-traits.ts';
import { taskState } from '../record/task-state.ts';
import type { TaskMetric, TickMetric } from './metric-names.ts';

type StageGauges = Readonly<Record<Exclude<TickMetric, 'WorkersStarted' | 'WorkersNotStarted'>, number>>;

interface Seen {
  readonly task: TaskRecord;
  readonly state: TaskState;
}

/** Should a worker make progress? A paused, finished or failed task has no lag that anybody works on. */
const isToRun = ({ state }: Seen): boolean => STATE_TRAITS[state].goesOn;

/**
 * Gauges of all tasks of a stage together, in seconds or counts. A broken item counts as a failed task, because
 * somebody has to act. `now`: milliseconds since 1970.
 */
export function stageGauges(tasks: readonly TaskRecord[], unreadable: number, now: number): StageGauges {
  const seen = tasks.map((task): Seen => ({ task, state: taskState(task, now) }));
  const count = (gauge: keyof StageGauges): number =>
    seen.filter(({ state }) => STATE_TRAITS[state].countedIn === gauge).length;
  const running = seen.filter(isToRun).map(({ task }) => task);
  const lags = running.map((task) => ({ task, lag: lagOf(task.progress, now) ?? 0 }));
  return {
    Heartbeat: 1,
    Tasks: tasks.length + unreadable,
    TasksRunning: count('TasksRunning'),
    TasksRetrying: count('TasksRetrying'),
    TasksStalled: count('TasksStalled'),
    TasksFailed: count('TasksFailed') + unreadable,
    TasksPaused: count('TasksPaused'),
    TasksSetAside: tasks.filter(({ progress }) => Object.keys(progress.aside).length > 0).length,
    TasksHistoryExpiring: tasks.filter((task) => historyHold(task, now)?.isExpiring === true).length,
    LargestLag: largest(lags.map(({ lag }) => lag)),
    LargestLagBeyondInterval: largest(lags.map(({ task, lag }) => lagBeyondInterval(lag, task, now))),
    OldestProgress: largest(
      running.map(({ progress, underWay }) => now - Math.max(progress.progressAt, underWay?.at ?? 0)),
    ),
    LoadRowsLeft: running.reduce((sum, task) => sum + loadRowsLeft(task), 0),
  };
}

/** Gauges of one task. `TaskNeedsHelp` is 1 if the task has failed or is stalled. */
export function taskGauges(task: TaskRecord, now: number): Readonly<Partial<Record<TaskMetric, number>>> {
  const state = taskState(task, now);
  const lag = isToRun({ task, state }) ? lagOf(task.progress, now) : null;
  return {
    ...(lag === null ? {} : { TaskLag: lag / 1_000 }),
    TaskLoadRowsLeft: loadRowsLeft(task),
    TaskNeedsHelp: STATE_TRAITS[state].needsHelp ? 1 : 0,
  };
}

/** Rows that the load has still to write, as far as they were counted. */
function loadRowsLeft({ progress, generation }: TaskRecord): number {
  if (progress.phase !== 'load' || progress.generation !== generation) return 0;
  const tables = Object.entries(progress.tables).filter(([key]) => !Object.hasOwn(progress.aside, key));
  return tables.reduce((sum, [, table]) => sum + (rowsLeft(table) ?? 0), 0);
}

const largest = (milliseconds: readonly number[]): number =>
  milliseconds.reduce((most, each) => Math.max(most, each), 0) / 1_000;
