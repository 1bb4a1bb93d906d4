import { Command, InvalidArgumentError, Option } from 'commander';
import type { ConnectOptions } from './connect.ts';
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
    // Commands made after this take it over.
    .exitOverride()
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
    .addOption(new Option('--error-handle-option <what>', 'a task stops at an error it cannot mend').choices(['stop']))
    .option('--poll-interval <duration>', 'time between two looks at the source, such as 200ms or 5s', milliseconds)
    .addOption(new Option('--mode <mode>', 'look again and again, or once a minute').choices(['continuous', 'tick']))
    .addOption(
      new Option('--existing-rows <what>', 'rows that a sink table has already').choices(['refuse', 'replace']),
    )
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
  control('resume', 'go on from the checkpoint, also after an error', start('resume'));
  control('restart', 'copy everything anew', start('restart'));
  control('drop', 'remove a task; the tables of the sink stay', drop)
    .option(...ALL)
    .option(...noWait);
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

function frequency(text: string): number {
  if (!/^[1-9]\d*[mh]$/u.test(text)) throw new InvalidArgumentError('It should be like 5m or 1h.');
  return milliseconds(text);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/u.test(text)) throw new InvalidArgumentError('It should be a whole number.');
  return Number(text);
}

/** `200ms`, `5s`, `2m`, `1h`, or milliseconds. */
function milliseconds(text: string): number {
  const [, number = '', unit = 'ms'] = /^(\d+)(ms|s|m|h)?$/u.exec(text) ?? [];
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit];
  if (number === '' || factor === undefined) throw new InvalidArgumentError('It should be like 200ms, 5s or 2m.');
  return Number(number) * factor;
}
