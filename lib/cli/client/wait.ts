import type { Clock } from '../../clock.ts';
import type { TaskView } from '../../http/view/task-view-schema.ts';
import { STATE_TRAITS } from '../../task/state-traits.ts';
import type { ApiClient } from './api-client.ts';
import { CliError, RefusedError, TASK_NOT_FOUND } from './cli-error.ts';
import { say } from '../texts/say.ts';

const PATIENCE_MS = 30_000;
const POLL_MS = 300;

export async function waitUntilPaused(api: ApiClient, clock: Clock, task: TaskView): Promise<void> {
  const state = await waitWhile(api, clock, task, 'pausing');
  if (state !== undefined && STATE_TRAITS[state].atRest) return;
  const { name } = task;
  if (state === undefined) throw new CliError([say('pause.gone', { name })]);
  throw new CliError([state === 'pausing' ? say('pause.waits', { name }) : say('pause.changed', { name, state })]);
}

export async function waitUntilGone(api: ApiClient, clock: Clock, task: TaskView): Promise<void> {
  if ((await waitWhile(api, clock, task, 'dropping')) !== 'dropping') return;
  throw new CliError([say('drop.waits', { name: task.name })]);
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
