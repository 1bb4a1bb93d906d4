import type { TaskView } from '../http/task-view-schema.ts';
import { type DatabaseAddress, parseDatabaseUri } from '../task/database-uri.ts';
import { taskNameProblem } from '../task/task-name.ts';
import type { ApiClient } from './api-client.ts';
import { RefusedError, TASK_NOT_FOUND, UsageError } from './cli-error.ts';

/** How mo_cdc names the tasks that a command is for. */
export interface Selection {
  readonly taskName?: string;
  readonly sourceUri?: string;
  readonly all?: boolean;
}

/** The task by its name, which with a source given has to be a task of that source, or every task of that source. */
export async function selectTasks(api: ApiClient, { taskName, sourceUri }: Selection): Promise<TaskView[]> {
  const source = sourceUri === undefined ? undefined : parseDatabaseUri(sourceUri);
  const tasks = taskName === undefined ? await api.list() : [await api.show(taskName)];
  const found = tasks.filter((task) => source === undefined || isSame(source, parseDatabaseUri(task.sourceUri)));
  if (taskName !== undefined && found.length === 0) {
    throw new RefusedError(TASK_NOT_FOUND, [
      `TASK_NOT_FOUND: The task "${taskName}" has another source than the one given.`,
      'Leave --source-uri out, or give the one that `task show` prints for this task.',
    ]);
  }
  return found;
}

/** What can be told to be wrong before anybody is asked. Commands that change tasks want them named. */
export function checkSelection({ taskName, all }: Selection, named: boolean): void {
  if (taskName !== undefined && all === true) throw new UsageError(['--all and --task-name exclude each other.']);
  if (named && taskName === undefined && all !== true) throw new UsageError(['Name the task with --task-name.']);
  const problem = taskName === undefined ? undefined : taskNameProblem(taskName);
  if (problem !== undefined) throw new UsageError([problem]);
}

const isSame = (a: DatabaseAddress, b: DatabaseAddress): boolean =>
  a.user === b.user && a.host.toLowerCase() === b.host.toLowerCase() && a.port === b.port;
