import type { TaskSummary, TaskView } from '../http/view/task-view-schema.ts';
import { isCdcError } from '../errors.ts';
import { type DatabaseAddress, parseDatabaseUri } from '../task/uri/database-uri.ts';
import { taskNameProblem } from '../task/task-name.ts';
import { addressOnly } from './flags/passwords.ts';
import type { ApiClient } from './client/api-client.ts';
import { RefusedError, TASK_NOT_FOUND, UsageError } from './client/cli-error.ts';
import { say } from './texts/say.ts';

const AT_ONCE = 8;

/** The flags by which mo_cdc says which tasks a command is for. */
export interface TaskSelection {
  readonly taskName?: string;
  readonly sourceUri?: string;
  readonly all?: boolean;
}

/** A task from a list, or a task in full. */
export type SelectedTask = TaskSummary | TaskView;

/** The task of the given name, or all tasks of the given source. If both are given, the task must have that source. */
export async function selectTasks(api: ApiClient, selection: TaskSelection): Promise<SelectedTask[]> {
  const { taskName } = selection;
  return taskName === undefined
    ? ofSource(await api.list(), selection)
    : ofSource([await api.show(taskName)], selection);
}

/** The same tasks in full: a list does not show the tables of a task. */
export async function showTasks(api: ApiClient, selection: TaskSelection): Promise<TaskView[]> {
  const { taskName } = selection;
  if (taskName !== undefined) return ofSource([await api.show(taskName)], selection);
  const shown: TaskView[] = [];
  const selected = ofSource(await api.list(), selection);
  for (let at = 0; at < selected.length; at += AT_ONCE) {
    const found = await Promise.all(selected.slice(at, at + AT_ONCE).map((task) => showIfThere(api, task)));
    shown.push(...found.flatMap((task) => task ?? []));
  }
  return shown;
}

/** Undefined if the task has gone since it was listed. */
async function showIfThere(api: ApiClient, { name }: SelectedTask): Promise<TaskView | undefined> {
  try {
    return await api.show(name);
  } catch (error) {
    if (error instanceof RefusedError && error.code === TASK_NOT_FOUND) return undefined;
    throw error;
  }
}

/** The tasks that have the given source; all tasks if no source is given. */
function ofSource<T extends SelectedTask>(tasks: readonly T[], { taskName, sourceUri }: TaskSelection): T[] {
  const source = sourceUri === undefined ? undefined : parseDatabaseUri(addressOnly(sourceUri));
  const found = tasks.filter((task) => source === undefined || isSame(source, task.sourceUri));
  if (taskName !== undefined && found.length === 0) {
    throw new RefusedError(TASK_NOT_FOUND, [say('select.otherSource', { name: taskName }), say('select.leaveOut')]);
  }
  return found;
}

/**
 * Refuses wrong flags before anything is sent. With `named`, as for commands that change tasks, the flags must say
 * which tasks.
 */
export function checkSelection({ taskName, all }: TaskSelection, named: boolean): void {
  if (taskName !== undefined && all === true) throw new UsageError([say('select.both')]);
  if (named && taskName === undefined && all !== true) throw new UsageError([say('select.none')]);
  const problem = taskName === undefined ? undefined : taskNameProblem(taskName);
  if (problem !== undefined) throw new UsageError([say('select.badName', { problem })]);
}

function isSame(a: DatabaseAddress, shown: string): boolean {
  const b = addressOf(shown);
  return b !== undefined && a.user === b.user && a.host.toLowerCase() === b.host.toLowerCase() && a.port === b.port;
}

/** Undefined if the URI is masked so much that nobody can read the address. */
function addressOf(shown: string): DatabaseAddress | undefined {
  try {
    return parseDatabaseUri(shown);
  } catch (error) {
    if (isCdcError(error, 'URI_INVALID')) return undefined;
    throw error;
  }
}
