import { cutText } from '../../cut-text.ts';
import type { TaskBrief } from '../../record/brief/task-brief.ts';
import { TABLE_FACTS } from '../../record/brief/table-fact.ts';
import { STATE_TRAITS, type TaskState } from '../../task/state-traits.ts';
import { taskState } from '../../record/task-state.ts';
import type { ListQuery } from '../request/queries.ts';
import { currentCounts, currentProgress, headView } from './head-view.ts';
import { tablePhase } from './table-phase.ts';
import type { TaskList, TaskSummary } from './task-view-schema.ts';

/** Server messages may be long. A list cuts them; `show` has the whole text. */
const LONGEST_MESSAGE = 500;

/** Lists tasks by name, those after `after`. */
interface Tasks {
  list(after?: string): AsyncIterable<TaskBrief>;
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

function taskSummary(brief: TaskBrief, now: number): TaskSummary {
  const { error, ...head } = headView(brief, now);
  const { tables, leftOut, simplified, compared, dropped } = currentCounts(brief);
  const progress = currentProgress(brief);
  const phases: TaskSummary['tables']['phases'] = {};
  let count = 0;
  for (const fact of TABLE_FACTS) {
    if (tables[fact] === 0) continue;
    const phase = tablePhase(fact, progress);
    phases[phase] = (phases[phase] ?? 0) + tables[fact];
    count += tables[fact];
  }
  return {
    ...head,
    tables: { count, phases },
    ...{ leftOut, simplified, compared, dropped },
    error: error === null ? null : { ...error, message: cutText(error.message, LONGEST_MESSAGE) },
  };
}
