import { Option } from 'commander';
import { CHANGE_READERS, DEFAULT_OPTIONS as OPTIONS, HISTORIES } from '../task/task.ts';
import { byDefault, choice, frequency, milliseconds, wholeNumber } from './option-values.ts';

const option = (flags: string, description: string, parse?: (text: string) => number): Option => {
  const made = new Option(flags, description);
  return parse === undefined ? made : made.argParser(parse);
};

/** How a task is to work: the flags of mo_cdc, and then our own. */
export const taskOptions = (): Option[] => [
  option('--end-ts <time>', 'finish there: YYYY-MM-DD HH:MM:SS, in UTC unless an offset follows'),
  option(
    '--frequency <interval>',
    'a window every <n>m or <n>h, instead of looking again and again',
    frequency,
  ).conflicts(['mode', 'pollInterval']),
  option('--send-sql-timeout <duration>', 'for one statement at the sink, such as 10m', milliseconds),
  option('--max-sql-length <bytes>', 'of one statement at the sink', wholeNumber),
  choice('--error-handle-option <what>', 'an error of one table: stop, or set it aside', ['stop', 'ignore']),
  choice('--mode <mode>', 'look again and again, or once a minute', ['continuous', 'tick']),
  choice('--existing-rows <what>', 'rows that a sink table has already', ['refuse', 'replace']),
  choice('--dropped-tables <what>', 'sink tables whose source table was dropped', ['keep', 'drop']),
  option(
    '--poll-interval <time>',
    `at most between two looks at the source; 200ms, 5s, 2m ${byDefault(`${OPTIONS.pollIntervalMs}ms`)}`,
    milliseconds,
  ),
  choice('--schema-change <what>', 'when a source table is altered, truncated or dropped', ['follow', 'stop']),
  choice('--change-reader <which>', 'how changes are found', CHANGE_READERS),
  choice('--history <what>', 'what holds the history at the source', HISTORIES),
  choice('--without-key <what>', 'a table without a key: refuse it, or replace its rows', ['refuse', 'replace']),
  option('--chunk-rows <number>', `rows in one step of the first copy ${byDefault(OPTIONS.chunkRows)}`, wholeNumber),
  option('--chunk-bytes <number>', `… or fewer, of so many bytes ${byDefault(OPTIONS.chunkBytes)}`, wholeNumber),
  option(
    '--load-workers <number>',
    `that make a large first copy at once ${byDefault(OPTIONS.loadWorkers)}`,
    wholeNumber,
  ),
  option('--transaction-rows <number>', `changes applied at once ${byDefault(OPTIONS.transactionRows)}`, wholeNumber),
  option('--transaction-bytes <number>', `… and their bytes ${byDefault(OPTIONS.transactionBytes)}`, wholeNumber),
  option('--allow-untested-version', 'servers of a MatrixOne version that this was not tried on'),
];

/** The same for a task that has all of them: what is not given stays as it is, and what has no value can be unset. */
export const optionChanges = (): Option[] => [
  ...taskOptions().map((each) => {
    each.description = each.description.split(' (default ')[0] ?? '';
    return each;
  }),
  option('--no-end-ts', 'no end'),
  option('--no-send-sql-timeout', 'as long as the worker runs'),
  option('--no-allow-untested-version', 'no others than those that this was tried on'),
];
