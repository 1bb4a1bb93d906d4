import type { Command } from 'commander';
import type { Runner } from './client/command-world.ts';
import type { ConnectOptions } from './client/connect.ts';
import { milliseconds } from './flags/option-values.ts';
import { description } from './output/description.ts';
import { checkSelection, selectTasks, showTasks, type TaskSelection } from './task-selection.ts';
import { type LogOptions, logs } from './watching/logs-command.ts';
import { watch, type WatchOptions } from './watching/watch-command.ts';

const NAME = ['--task-name <name>', 'name of the task'] as const;
const SOURCE = ['--source-uri <uri>', 'the source that the task must have'] as const;

/** The commands by which people watch tasks. */
export function addWatching(task: Command, run: Runner): void {
  task
    .command('describe')
    .description('print all about a task, for people to read')
    .option(...NAME)
    .option(...SOURCE)
    .option('--all', 'every task, or every task of that source')
    .action((options: TaskSelection, self: Command) => {
      checkSelection(options, true);
      return run(self.optsWithGlobals<ConnectOptions>(), async ({ api }) =>
        (await showTasks(api, options)).map(description).join('\n\n\n'),
      );
    });
  task
    .command('watch')
    .description('show tasks again and again: a live table at a terminal, elsewhere a line for each change')
    .option(...NAME)
    .option(...SOURCE)
    .option('--all', 'every task, or every task of that source; this is what happens if no task is named')
    .option('--interval <duration>', 'time between two looks (default 2s)', milliseconds, 2_000)
    .action((options: TaskSelection & WatchOptions, self: Command) => {
      checkSelection(options, false);
      return run(self.optsWithGlobals<ConnectOptions>(), (world) =>
        watch(world, () => selectTasks(world.api, options), options),
      );
    });
  task
    .command('logs')
    .description('print what the workers of a task have logged, from CloudWatch')
    .requiredOption(...NAME)
    .option('-f, --follow', 'go on with what they log from now on')
    .option('--since <duration>', 'how far back to begin (default 1h)', milliseconds, 3_600_000)
    .action((options: LogOptions, self: Command) => {
      checkSelection(options, true);
      return run(self.optsWithGlobals<ConnectOptions>(), (world) => logs(world, options));
    });
}
