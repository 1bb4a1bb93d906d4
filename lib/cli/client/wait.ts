import type { Clock } from '../../clock.ts';
import type { TaskView } from '../../http/view/task-view-schema.ts';
import { STATE_TRAITS } from '../../task/state-traits.ts';
import type { ApiClient } from './api-client.ts';
import { CliError, RefusedError, TASK_NOT_FOUND } from './cli-error.ts';

const PATIENCE_MS = 30_000;
const POLL_MS = 300;

export async function waitUntilPaused(api: ApiClient, clock: Clock, task: TaskView): Promise<void> {
  const state = await waitWhile(api, clock, task, 'pausing');
  if (state !== undefined && STATE_TRAITS[state].atRest) return;
  const reason =
    state === 'pausing' ? 'has not stopped yet, but will' : `is ${state ?? 'gone'}: somebody else changed it meanwhile`;
  throw new CliError([`The task "${task.name}" ${reason}.`]);
}

export async function waitUntilGone(api: ApiClient, clock: Clock, task: TaskView): Promise<void> {
  if ((await waitWhile(api, clock, task, 'dropping')) !== 'dropping') return;
  throw new CliError([
    `The task "${task.name}" is not gone yet: a worker still has to clean up at source and sink. See \`mo_cdc task show --task-name NAME\`. If source or sink is gone for good, run \`mo_cdc task drop --task-name NAME --force\`.`,
  ]);
}

/**
 * Polls until the task has another state, and returns that state; undefined if the task is gone. After 30 s it returns
 * the same state.
 */
async function waitWhile(
  api: ApiClient,
  clock: Clock,
  task: TaskView,
  state: TaskView['state'],
): Promise<TaskView['state'] | undefined> {
  const end = clock.now() + PATIENCE_MS;
  let now: TaskView['state'] | undefined = task.state;
  while (now === state && clock.now() < end) {
    await clock.sleep(POLL_MS);
    now = await stateOf(api, task);
  }
  return now;
}

async function stateOf(api: ApiClient, task: TaskView): Promise<TaskView['state'] | undefined> {
  try {
    const found = await api.show(task.name);
    // Somebody may have dropped the task and created another one of the same name.
    return found.id === task.id ? found.state : undefined;
  } catch (error) {
    if (error instanceof RefusedError && error.code === TASK_NOT_FOUND) return undefined;
    throw error;
  }
}
