import { cutText } from '../../cut-text.ts';
import type { TaskRecord } from '../../record/task-record.ts';
import { STATE_TRAITS, type TaskState } from '../../task/state-traits.ts';
import { taskState } from '../../record/task-state.ts';
import type { ListQuery } from '../request/queries.ts';
import { taskView } from './task-view.ts';
import { type TaskList, type TaskSummary, taskSummarySchema } from './task-view-schema.ts';

/** Server messages may be long. A list cuts them; `show` has the whole text. */
const LONGEST_MESSAGE = 500;

/** Lists tasks by name, those after `after`. */
interface Tasks {
  list(after?: string): AsyncIterable<TaskRecord>;
}

/**
 * One page of tasks, sorted by name: tasks after `next` that are in one of the given states. It reads no further than
 * the page, and keeps nothing of a task but its summary.
 */
export async function taskList(store: Tasks, { state, limit, next }: ListQuery, now: number): Promise<TaskList> {
  const tasks: TaskSummary[] = [];
  for await (const record of store.list(next)) {
    if (state !== undefined && !isAmong(state, taskState(record, now))) continue;
    if (tasks.length === limit) return { tasks, next: tasks.at(-1)?.name ?? null };
    tasks.push(taskSummary(record, now));
  }
  return { tasks, next: null };
}

/** If the caller asks for `failed`, the list includes every task that waits for an operator. */
const isAmong = (states: readonly TaskState[], state: TaskState): boolean =>
  states.some((wanted) => wanted === state || wanted === STATE_TRAITS[state].calledAs);

function taskSummary(record: TaskRecord, now: number): TaskSummary {
  const task = taskView(record, now);
  const { tables, leftOut, dropped, error } = task;
  const phases: TaskSummary['tables']['phases'] = {};
  for (const { phase } of tables) phases[phase] = (phases[phase] ?? 0) + 1;
  // The schema removes the fields that a list does not show.
  return taskSummarySchema.parse({
    ...task,
    tables: { count: tables.length, phases },
    leftOut: leftOut.count,
    dropped: dropped.count,
    error: error === null ? null : { ...error, message: cutText(error.message, LONGEST_MESSAGE) },
  });
}
