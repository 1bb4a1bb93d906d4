import type { Command } from 'commander';
import type { Runner } from './client/command-world.ts';
import type { ConnectOptions } from './client/connect.ts';
import { apply, type ApplyOptions } from './declared/apply-command.ts';
import { exportedTasks } from './declared/export-command.ts';
import { checkSelection, showTasks, type TaskSelection } from './task-selection.ts';

/** `apply` makes the tasks what files declare; `task export` writes such a file. */
export function addDeclared(program: Command, task: Command, run: Runner): void {
  program
    .command('apply')
    .description('create and edit tasks until they are as files declare them')
    .requiredOption('-f, --filename <file>', 'YAML or JSON, or - for the standard input; may be repeated', collect)
    .option('--dry-run', 'show what differs, and change nothing')
    .option('--exit-code', 'with --dry-run: end with exit code 3 if anything differs')
    .option('--prune', 'drop the tasks that no file declares, after a question')
    .option('--renew-passwords', 'send the passwords of existing tasks, too: whether they have changed cannot be seen')
    .option('--yes', 'with --prune: do not ask')
    .action((options: ApplyOptions, self: Command) =>
      run(self.optsWithGlobals<ConnectOptions>(), (world) => apply(world, options)),
    );
  task
    .command('export')
    .description('print tasks as a file for mo_cdc apply, without their passwords')
    .option('--task-name <name>', 'name of the task')
    .option('--source-uri <uri>', 'the source that the task must have')
    .option('--all', 'every task, or every task of that source; this is what happens if no task is named')
    .action((options: TaskSelection, self: Command) => {
      checkSelection(options, false);
      return run(self.optsWithGlobals<ConnectOptions>(), async ({ api }) =>
        exportedTasks(await showTasks(api, options)),
      );
    });
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];
