import { type Command, Option } from 'commander';
import type { NativeCatalog } from '../native/native-task.ts';
import type { Runner } from './client/command-world.ts';
import type { ConnectOptions } from './client/connect.ts';
import { apply, type ApplyOptions } from './declared/apply-command.ts';
import { exportedTasks } from './declared/export-command.ts';
import { type PasswordFiles, passwordFlags, sinkPassword, withSourcePassword } from './flags/passwords.ts';
import { type ImportOptions, importTasks } from './importing/import-command.ts';
import { checkSelection, showTasks, type TaskSelection } from './task-selection.ts';

/** Opens the CREATE CDC tasks of a source; the caller closes them. */
export type OpenNative = (sourceUri: string) => Promise<NativeCatalog>;

interface ImportFlags extends ImportOptions, PasswordFiles {
  readonly sourceUri: string;
}

/** `import` proposes tasks for those that another tool runs. */
export function addImport(program: Command, run: Runner, open: OpenNative): void {
  const command = program
    .command('import')
    .description('propose tasks that do what the tasks of CREATE CDC do, and take their places')
    .requiredOption('--from-native', 'the tasks that CREATE CDC has made at the source')
    .requiredOption(
      '--source-uri <uri>',
      'MatrixOne with these tasks: mysql://user:password@host:port, of the account sys',
    )
    .option('--task-name <name>', 'only this task of CREATE CDC; may be repeated', collect)
    .addOption(
      new Option('-o, --output <form>', 'table: what becomes what; yaml: a file for mo_cdc apply')
        .choices(['table', 'yaml'])
        .default('table'),
    )
    .option('--create', 'create the tasks, after a question; those of CREATE CDC have to be paused')
    .option('--yes', 'with --create: do not ask');
  for (const option of passwordFlags()) command.addOption(option);
  command.action((options: ImportFlags, self: Command) =>
    run(self.optsWithGlobals<ConnectOptions>(), async (world) => {
      const sourceUri = await withSourcePassword(options.sourceUri, options, world.machine);
      const ends = { sourceUri, sinkPassword: await sinkPassword(options, world.machine) };
      const catalog = await open(sourceUri);
      try {
        return await importTasks(world, { ...ends, catalog }, options);
      } finally {
        await catalog.close();
      }
    }),
  );
}

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
