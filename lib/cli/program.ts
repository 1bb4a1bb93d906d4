import manifest from '../../package.json' with { type: 'json' };
import { Command, Option } from 'commander';
import { check } from './check-command.ts';
import type { ConnectOptions } from './client/connect.ts';
import { BARE_MACHINE, type Runner } from './client/command-world.ts';
import { addHelp, type ReadPage } from './help-commands.ts';
import { addDeclared, addImport, type OpenNative } from './declared-commands.ts';
import {
  type ControlOptions,
  create,
  type CreateOptions,
  edit,
  type EditOptions,
  drop,
  OUTPUTS,
  pause,
  show,
  type ShowOptions,
  start,
} from './task-commands.ts';
import type { ConsoleOptions } from '../console/console-command.ts';
import type { LeftoversOptions } from './leftovers-command.ts';
import { portNumber } from './flags/option-values.ts';
import { addWatching } from './watching-commands.ts';
import { SINK_TYPES } from '../task/task.ts';
import { passwordFlags } from './flags/passwords.ts';
import { optionChanges, taskOptions } from './flags/task-options.ts';
import { checkSelection } from './task-selection.ts';
import type { Language } from '../error-texts.ts';
import { usageIn } from './texts/usage.ts';

/** Runs `leftovers`, which asks the account and databases instead of the API. */
export type LeftoversRunner = (options: LeftoversOptions & ConnectOptions) => Promise<void>;

/** Runs `console`, which goes on until the user ends it. */
export type ConsoleRunner = (options: ConsoleOptions & ConnectOptions) => Promise<void>;

export interface Output {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** That of errors. */
  readonly language?: Language;
}

const NAME = ['--task-name <name>', 'name of the task'] as const;
const SOURCE = '--source-uri <uri>';
const ITS_SOURCE = [SOURCE, 'the source that the task must have'] as const;
const ALL = ['--all', 'every task, or every task of that source'] as const;
const URI = 'mysql://user:password@host:port';

/** The commands and flags of mo_cdc, and those that this project adds. */
export function createProgram(
  run: Runner,
  { out, error, language = 'en' }: Output,
  look: LeftoversRunner = () => Promise.resolve(),
  serve: ConsoleRunner = () => Promise.resolve(),
  readPage: ReadPage = BARE_MACHINE.readPage,
  openNative: OpenNative = () => Promise.reject(new Error('Nothing can be imported here.')),
): Command {
  const program = new Command('mo_cdc')
    .description('Change data capture for MatrixOne, without a server to run.')
    .option('--endpoint <url>', 'address of the API (or MO_CDC_ENDPOINT); by default that of the deployed stack')
    .addOption(fromEnvironment('--stage <stage>', 'stage of the deployed stack', 'MO_CDC_STAGE', 'dev'))
    .addOption(fromEnvironment('--region <region>', 'AWS region of the stack', 'MO_CDC_REGION'))
    .option('--profile <profile>', 'profile of the AWS credentials')
    .option(
      '--insecure',
      'allow http:// to another machine (or MO_CDC_INSECURE=1): anybody on the way can read passwords',
    )
    .option('--sign', "sign requests even if the address is not AWS's own (or MO_CDC_SIGN=1)")
    .version(manifest.version)
    // Subcommands inherit this only if they are created after it.
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: out,
      writeErr: error,
      outputError: (text, write) => {
        write(usageIn(text, language));
      },
    });
  const task = program.command('task').description('create and control tasks');
  addCreate(task, run);
  addEdit(task, run);
  addReading(task, run);
  addControl(task, run);
  program
    .command('console')
    .description('serve a page on this machine that shows and controls the tasks, and open it')
    .option('--port <port>', 'port of the page; by default any free one', portNumber, 0)
    .option('--no-open', 'only print the address of the page')
    .action((_options: ConsoleOptions, self: Command) => serve(self.optsWithGlobals()));
  addWatching(task, run);
  addDeclared(program, task, run);
  addImport(program, run, openNative);
  addLeftovers(program, look);
  addHelp(program, run, out, readPage);
  return program;
}

/** An empty variable is none: scripts set variables that they have no value for. */
function fromEnvironment(flag: string, what: string, variable: string, usual?: string): Option {
  const found = process.env[variable];
  const option = new Option(flag, `${what} (or ${variable})`);
  return option.default(found === undefined || found === '' ? usual : found);
}

function addCreate(task: Command, run: Runner): void {
  const command = task
    .command('create')
    .description('check source and sink, then create a task and start it')
    .requiredOption(...NAME)
    .requiredOption(SOURCE, `MatrixOne to read from: ${URI}`)
    .requiredOption('--sink-type <type>', 'matrixone or mysql')
    .requiredOption('--sink-uri <uri>', `database to write to: ${URI}`)
    .option('--level <level>', 'account, database or table', 'table')
    .option('--tables <tables>', 'at level table: db.table[:db.table],… from source to sink')
    .option('--databases <databases>', 'at level database: db[:db],… from source to sink')
    .option('--exclude <regex>', 'leave out tables whose db.table matches; may be repeated', collect);
  for (const option of passwordFlags()) command.addOption(option);
  for (const option of taskOptions()) command.addOption(option);
  command.action((options: CreateOptions, self: Command) =>
    run(self.optsWithGlobals<ConnectOptions>(), (world) => create(world, options)),
  );
}

function addEdit(task: Command, run: Runner): void {
  const command = task
    .command('edit')
    .description('change what a task copies, and how, while it runs; everything that is not named stays as it is')
    .requiredOption(...NAME)
    .option(...ITS_SOURCE)
    .option('--add-tables <tables>', 'db.table[:db.table],… to copy as well')
    .option('--remove-tables <tables>', 'db.table,… of the source to copy no longer; the sink tables stay')
    .option('--tables <tables>', 'all tables to copy from now on: db.table[:db.table],…')
    .option('--add-databases <databases>', 'at level database: db[:db],… to copy as well')
    .option(
      '--remove-databases <databases>',
      'at level database: db,… of the source to copy no longer; the sink databases stay',
    )
    .option('--databases <databases>', 'at level database: all databases to copy from now on')
    .option('--exclude <regex>', 'all patterns of tables to leave out from now on; may be repeated', collect)
    .option('--no-exclude', 'leave no tables out')
    .option('--new-source-uri <uri>', `new address or login of the same source: ${URI}`)
    .option('--new-sink-uri <uri>', `new address or login of the same sink: ${URI}`);
  for (const option of passwordFlags()) command.addOption(option);
  for (const option of optionChanges()) command.addOption(option);
  command.action((options: EditOptions, self: Command) => {
    checkSelection(options, true);
    return run(self.optsWithGlobals<ConnectOptions>(), (world) => edit(world, options));
  });
}

function addReading(task: Command, run: Runner): void {
  const reading = (name: string, description: string, output: ShowOptions['output']): Command =>
    task
      .command(name)
      .description(description)
      .option(...NAME)
      .option(...ITS_SOURCE)
      .option(...ALL)
      .addOption(
        new Option(
          '-o, --output <form>',
          'json: as mo_cdc prints it; table: one line for each task; wide: everything about each task; yaml: all fields',
        )
          .choices(OUTPUTS)
          .default(output),
      )
      .action((options: ShowOptions, self: Command) => {
        checkSelection(options, false);
        return run(self.optsWithGlobals<ConnectOptions>(), (world) => show(world, options));
      });
  reading('show', 'show a task or all tasks', 'json');
  reading('list', 'show one line for every task', 'table');
}

const CHECKS = [
  ['verify', 'compare source and sink while the task runs; fails if they differ'],
  ['resync', 'compare source and sink while the task runs, and repair the sink'],
] as const;

function addControl(task: Command, run: Runner): void {
  const control = (name: string, description: string, command: typeof pause): Command =>
    task
      .command(name)
      .description(description)
      .option(...NAME)
      .option(...ITS_SOURCE)
      .action((options: ControlOptions, self: Command) => {
        checkSelection(options, true);
        return run(self.optsWithGlobals<ConnectOptions>(), (world) => command(world, options));
      });
  const noWait = ['--no-wait', 'return at once, without waiting for the end'] as const;
  control('pause', 'stop a task; the source keeps the history that it needs to go on', pause)
    .option(...ALL)
    .option(...noWait);
  for (const [kind, description] of CHECKS) {
    control(kind, description, check(kind))
      .option('--tables <tables>', 'only these source tables: db.table,…')
      .option(...noWait);
  }
  control('resume', 'go on from the checkpoint, also after an error', start('resume'));
  control('restart', 'copy everything anew', start('restart'));
  control('drop', 'remove a task; the tables of the sink stay', drop)
    .option(...ALL)
    .option('--yes', 'with --all: do not ask')
    .option('--force', 'drop even if source or sink cannot be reached; what cannot be removed there stays behind')
    .option(...noWait);
}

function addLeftovers(program: Command, look: LeftoversRunner): void {
  const command = program
    .command('leftovers')
    .description('list what stays after a deployment was removed, and remove it')
    .option(SOURCE, `also look for snapshots of tasks at this source: ${URI}`)
    .option('--sink-uri <uri>', `also look for rows of tasks at this sink: ${URI}`)
    .addOption(new Option('--sink-type <type>', 'what the sink is').choices(SINK_TYPES))
    .option(
      '--task-id <id>',
      'a task that no table has, and that is surely no other deployment’s; may be repeated',
      collect,
    )
    .option('--remove', 'remove what nothing uses any more, after a question')
    .option('--yes', 'do not ask')
    .action((_options: LeftoversOptions, self: Command) => look(self.optsWithGlobals()));
  for (const option of passwordFlags()) command.addOption(option);
}

/** `before` is false if the user also gave `--no-exclude`. */
const collect = (value: string, before: readonly string[] | false = false): string[] => [...(before || []), value];
