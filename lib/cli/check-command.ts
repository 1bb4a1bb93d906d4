import type { TaskView } from '../http/view/task-view-schema.ts';
import { STATE_TRAITS } from '../task/state-traits.ts';
import { progressLine } from './output/check-progress-line.ts';
import { CliError } from './client/cli-error.ts';
import type { CommandWorld } from './client/command-world.ts';
import type { ControlOptions } from './task-commands.ts';
import { selectTasks } from './task-selection.ts';
import { say } from './texts/say.ts';

export interface CheckOptions extends ControlOptions {
  readonly tables?: string;
}

type Check = NonNullable<TaskView['check']>;

const POLL_MS = 500;

/**
 * Verify and resync: asks for the comparison, waits for its end, and prints the result. Verify fails if it found a
 * difference. Both fail if a table could not be compared.
 */
export const check =
  (kind: Check['kind']) =>
  async (world: CommandWorld, options: CheckOptions): Promise<string> => {
    const found: (Check & { readonly 'task-name': string })[] = [];
    for (const { name } of await selectTasks(world.api, options)) {
      const asked = await world.api.check(name, kind, options.tables);
      if (options.wait === false) continue;
      found.push({ 'task-name': name, ...(await finished(world, asked)) });
    }
    if (options.wait === false) return 'OK';
    const text = JSON.stringify(found, undefined, 2);
    const complaints = [
      ...(kind === 'verify' && found.some((each) => each.tablesDiffering > 0) ? [say('check.differ')] : []),
      ...(found.some((each) => each.tablesFailed > 0) ? [say('check.failed')] : []),
    ];
    if (complaints.length > 0) throw new CliError([...complaints, text]);
    return text;
  };

async function finished({ api, clock, progress }: CommandWorld, asked: TaskView): Promise<Check> {
  try {
    for (let task = asked; ; task = await api.show(asked.name)) {
      if (task.check === null || task.id !== asked.id)
        throw new CliError([say('check.replaced', { name: asked.name })]);
      if (task.check.state === 'finished') return task.check;
      if (!STATE_TRAITS[task.state].goesOn) {
        throw new CliError([say('check.waits', { name: task.name, state: task.state })]);
      }
      progress(progressLine(task.name, task.check));
      await clock.sleep(POLL_MS);
    }
  } finally {
    progress('');
  }
}
