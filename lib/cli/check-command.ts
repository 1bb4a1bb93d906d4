import type { Clock } from '../clock.ts';
import type { TaskView } from '../http/task-view-schema.ts';
import type { ApiClient } from './api-client.ts';
import { CliError } from './cli-error.ts';
import type { CommandWorld, ControlOptions } from './task-commands.ts';
import { selectTasks } from './task-selection.ts';

export interface CheckOptions extends ControlOptions {
  readonly tables?: string;
}

type Check = NonNullable<TaskView['check']>;

const POLL_MS = 500;

/** Verify and resync: asks, waits for the end, and prints what was found. A verify that found something fails. */
export const check =
  (kind: Check['kind']) =>
  async ({ api, clock }: CommandWorld, options: CheckOptions): Promise<string> => {
    const found: object[] = [];
    for (const { name } of await selectTasks(api, options)) {
      const asked = await api.check(name, kind, options.tables);
      if (options.wait === false) continue;
      found.push({ 'task-name': name, ...(await finished(api, clock, asked)) });
    }
    if (options.wait === false) return 'OK';
    const text = JSON.stringify(found, undefined, 2);
    if (kind === 'verify' && found.some(differs)) throw new CliError(['Source and sink differ.', text]);
    return text;
  };

const differs = (result: object): boolean =>
  (result as Check).tables.some(({ missing, extra, different }) => missing + extra + different > 0);

async function finished(api: ApiClient, clock: Clock, asked: TaskView): Promise<Check> {
  for (let task = asked; ; task = await api.show(asked.name)) {
    if (task.check === null || task.id !== asked.id) throw new CliError([`The task "${asked.name}" was replaced.`]);
    if (task.check.state === 'finished') return task.check;
    if (task.state !== 'running' && task.state !== 'retrying') {
      throw new CliError([`The task "${task.name}" is ${task.state}: it goes on comparing when it runs again.`]);
    }
    await clock.sleep(POLL_MS);
  }
}
