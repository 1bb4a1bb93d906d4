import { amount, choice, type OptionKind, time, toggle } from './option-kinds.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/**
 * Every option of a task, in the order in which the API shows them: its flag, its type and range, its default, and its
 * help. A row here is all that declares an option. From this table follow the schemas of requests, of stored tasks and
 * of answers, the flags of the command line, and the table in docs/reference/options.md (`npm run docs`). To finish a
 * new option, use it as `spec.options.<name>`.
 */
export const OPTIONS = {
  pollIntervalMs: amount('--poll-interval', 'milliseconds', [50, 604_800_000], 200, {
    help: 'longest time between two looks at the source; in mode `tick` between two windows, and no less than a minute',
  }),
  mode: choice('--mode', ['continuous', 'tick'], 'continuous', {
    help: '`continuous`: look at the source again and again; `tick`: one window a minute, or per `pollIntervalMs` if that is longer, for far less money',
  }),
  existingRows: choice('--existing-rows', ['refuse', 'replace'], 'refuse', {
    help: 'if a sink table has rows before the first copy: `refuse` the table, or `replace` them (delete them first)',
  }),
  droppedTables: choice('--dropped-tables', ['keep', 'drop'], 'keep', {
    help: 'when a source table is dropped or renamed: `keep` its sink table, or `drop` it',
  }),
  schemaChange: choice('--schema-change', ['follow', 'stop'], 'follow', {
    help: 'when a source table is altered, truncated, dropped or created anew: `follow` with the sink table, or `stop` the task with an error',
  }),
  changeReader: choice('--change-reader', ['auto', 'diff', 'compare'], 'auto', {
    help: 'how changes are found: by `data branch diff` (`diff`), by comparing two snapshots (`compare`), or by whichever fits the table (`auto`)',
  }),
  history: choice('--history', ['auto', 'snapshots', 'pitr'], 'auto', {
    help: 'what keeps history at the source: `snapshots` of the task, a PITR (`pitr`), or snapshots as long as the account may have more (`auto`)',
  }),
  withoutKey: choice('--without-key', ['refuse', 'replace'], 'refuse', {
    help: '`refuse` a table without a primary key or a NOT NULL unique key, or `replace` all its rows when it has changed',
  }),
  chunkRows: amount('--chunk-rows', 'rows', [1, 10_000_000], 100_000, {
    help: 'most rows in one step of the first copy',
  }),
  chunkBytes: amount('--chunk-bytes', 'bytes', [1_024, 16 * GIB], 64 * MIB, {
    help: 'most bytes in one step of the first copy, estimated',
  }),
  loadWorkers: amount('--load-workers', 'workers', [1, 100], 4, {
    help: "most workers that make a large first copy together, the task's own among them",
  }),
  transactionRows: amount('--transaction-rows', 'rows', [1, 100_000_000], 1_000_000, {
    help: 'a window of up to this many changed rows, over all tables, is applied in one sink transaction',
  }),
  transactionBytes: amount('--transaction-bytes', 'bytes', [1_024, 16 * GIB], 512 * MIB, {
    help: 'a window of more bytes than these is applied in several sink transactions',
  }),
  noFull: toggle('--no-full', {
    help: 'no first copy: apply only what changes from now on, over the rows that the sink tables have',
    fixed: true,
  }),
  startTs: time('--start-ts', 'start', {
    help: 'no first copy: apply what has changed since this time, which a PITR or a snapshot of the source has to hold',
    fixed: true,
  }),
  endTs: time('--end-ts', 'end', {
    help: 'finish the task once the sink holds everything up to this time, or a little later',
    unset: 'no end',
  }),
  sendSqlTimeoutMs: amount('--send-sql-timeout', 'milliseconds', [1_000, 86_400_000], null, {
    help: 'give up a statement at the sink that takes longer, and try it again; a SELECT that streams rows to compare has no limit',
    unset: 'no limit: as long as the worker runs',
  }),
  maxSqlLength: amount('--max-sql-length', 'bytes', [1_024, 64 * MIB], 1_000_000, {
    help: 'most bytes of an INSERT or DELETE; a larger row has a statement of its own',
  }),
  tableErrors: choice('--error-handle-option', ['stop', 'ignore'], 'stop', {
    help: 'an error of one table: `stop` the task, or `ignore` it, that is set the table aside until it is resynced and go on with the others',
  }),
  allowUntestedVersion: toggle('--allow-untested-version', {
    help: 'take servers of MatrixOne versions that the product was not tried on, at your own risk',
    unset: 'only the MatrixOne versions that the product was tried on',
    oldTasksLackIt: true,
  }),
} as const satisfies Record<string, OptionKind>;
