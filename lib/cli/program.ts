import { Command, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { DEFAULT_OPTIONS as OPTIONS } from '../task/task.ts';
import { check } from './check-command.ts';
import type { ConnectOptions } from './connect.ts';
import { byDefault, choice, milliseconds, wholeNumber, frequency } from './option-values.ts';
import {
  type CommandWorld,
  type ControlOptions,
  create,
  type CreateOptions,
  drop,
  list,
  pause,
  show,
  start,
} from './task-commands.ts';
import { checkSelection, type Selection } from './task-selection.ts';

/** Runs a command against the API that the options name, and prints its answer. */
export type Runner = (connect: ConnectOptions, command: (world: CommandWorld) => Promise<string>) => Promise<void>;

export interface Output {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

const NAME = ['--task-name <name>', 'name of the task'] as const;
const SOURCE = '--source-uri <uri>';
const ITS_SOURCE = [SOURCE, 'only if this is its source'] as const;
const ALL = ['--all', 'every task, or every task of that source'] as const;
const URI = 'mysql://user:password@host:port';

/** The commands and flags of mo_cdc, and some of our own. */
export function createProgram(run: Runner, { out, error }: Output): Command {
  const program = new Command('mo_cdc')
    .description('Change data capture for MatrixOne, without a server to run.')
    .option('--endpoint <url>', 'address of the API (or MO_CDC_ENDPOINT); if not given, the stack is asked for it')
    .option('--stage <stage>', 'stage of the deployed stack', 'dev')
    .option('--region <region>', 'AWS region of the stack')
    .option('--profile <profile>', 'profile of the AWS credentials')
    .version(manifest.version)
    // Commands made after this take it over.
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: out, writeErr: error });
  const task = program.command('task').description('create and control tasks');
  addCreate(task, run);
  addReading(task, run);
  addControl(task, run);
  return program;
}

function addCreate(task: Command, run: Runner): void {
  task
    .command('create')
    .description('create a task, once both of its ends were looked at, and start it')
    .requiredOption(...NAME)
    .requiredOption(SOURCE, `MatrixOne to read from: ${URI}`)
    .requiredOption('--sink-type <type>', 'matrixone or mysql')
    .requiredOption('--sink-uri <uri>', `database to write to: ${URI}`)
    .option('--level <level>', 'account, database or table', 'table')
    .option('--tables <tables>', 'at level table: db.table[:db.table],… from source to sink')
    .option('--databases <databases>', 'at level database: db[:db],… from source to sink')
    .option('--exclude <regex>', 'leave out tables whose db.table matches; may be repeated', collect)
    .option('--no-full', 'no first copy: only what changes from now on')
    .option('--end-ts <time>', 'finish there: YYYY-MM-DD HH:MM:SS, in UTC unless an offset follows')
    .addOption(
      new Option('--frequency <interval>', 'a window every <n>m or <n>h, instead of looking again and again')
        .argParser(frequency)
        .conflicts(['mode', 'pollInterval']),
    )
    .option('--send-sql-timeout <duration>', 'for one statement at the sink, such as 10m', milliseconds)
    .option('--max-sql-length <bytes>', 'of one statement at the sink', wholeNumber)
    .addOption(
      choice('--error-handle-option <what>', 'at an error of one table: set it aside, or stop', ['stop', 'ignore']),
    )
    .addOption(choice('--mode <mode>', 'look again and again, or once a minute', ['continuous', 'tick']))
    .addOption(choice('--existing-rows <what>', 'rows that a sink table has already', ['refuse', 'replace']))
    .option(
      '--poll-interval <time>',
      `between two looks at the source; 200ms, 5s, 2m ${byDefault(`${OPTIONS.pollIntervalMs}ms`)}`,
      milliseconds,
    )
    .addOption(
      choice('--schema-change <what>', 'when a source table is altered, truncated or dropped', ['follow', 'stop']),
    )
    .option('--chunk-rows <number>', `rows in one step of the first copy ${byDefault(OPTIONS.chunkRows)}`, wholeNumber)
    .option('--transaction-rows <number>', `changes applied at once ${byDefault(OPTIONS.transactionRows)}`, wholeNumber)
    .option('--transaction-bytes <number>', `… and their bytes ${byDefault(OPTIONS.transactionBytes)}`, wholeNumber)
    .action((options: CreateOptions, self: Command) =>
      run(self.optsWithGlobals<ConnectOptions>(), (world) => create(world, options)),
    );
}

function addReading(task: Command, run: Runner): void {
  const reading = (name: string, description: string, command: typeof show): Command =>
    task
      .command(name)
      .description(description)
      .option(...NAME)
      .option(...ITS_SOURCE)
      .action((options: Selection, self: Command) => {
        checkSelection(options, false);
        return run(self.optsWithGlobals<ConnectOptions>(), (world) => command(world, options));
      });
  reading('show', 'show a task or all tasks as JSON', show).option(...ALL);
  reading('list', 'show one line for every task', list);
}

const CHECKS = [
  ['verify', 'compare source and sink while the task runs; fails if they differ'],
  ['resync', 'compare source and sink while the task runs, and write what differs'],
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
  const noWait = ['--no-wait', 'only ask for it'] as const;
  control('pause', 'stop a task; its history is kept', pause)
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
    .option(...noWait);
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];
