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
    help: 'longest time between two looks at the source; in mode `tick`, or while `adaptive` finds nothing: time between two windows, at least a minute',
  }),
  mode: choice('--mode', ['continuous', 'tick', 'adaptive'], 'continuous', {
    help: '`continuous`: look at the source all the time; `tick`: one window a minute, or one per `pollIntervalMs` if that is longer, which costs far less; `adaptive`: continuous as long as there are changes, and by the tick once there was none for `idleAfterMs`',
  }),
  idleAfterMs: amount('--idle-after', 'milliseconds', [1_000, 604_800_000], 600_000, {
    help: 'in mode `adaptive`: after this time without a change, look once a minute until there is one',
    oldTasksLackIt: true,
  }),
  minWindowMs: amount('--min-window', 'milliseconds', [0, 3_600_000], 0, {
    help: 'shortest time from the beginning of a window to the beginning of the next one; longer means fewer commands and more lag; mode `tick` ignores it',
    oldTasksLackIt: true,
  }),
  existingRows: choice('--existing-rows', ['refuse', 'replace', 'compare'], 'refuse', {
    help: 'if a sink table has rows before the first copy: `refuse` the table, `replace` the rows, that is delete them first, or `compare` all rows with the source instead of copying them, and repair those that differ',
  }),
  droppedTables: choice('--dropped-tables', ['keep', 'drop'], 'keep', {
    help: 'when a source table is dropped or renamed: `keep` its sink table, or `drop` it',
  }),
  schemaChange: choice('--schema-change', ['follow', 'stop'], 'follow', {
    help: 'when a source table is altered, truncated, dropped or created anew: `follow` with the sink table, or `stop` the task with an error',
  }),
  changeReader: choice('--change-reader', ['auto', 'diff', 'compare'], 'auto', {
    help: 'how changes are found: `diff` uses `data branch diff`, `compare` compares two snapshots, `auto` takes the one that fits the table',
  }),
  history: choice('--history', ['auto', 'snapshots', 'pitr'], 'auto', {
    help: 'what keeps history at the source: `snapshots` of the task, a PITR (`pitr`), or `auto`: snapshots as long as the account may have more, then a PITR',
  }),
  withoutKey: choice('--without-key', ['refuse', 'replace'], 'refuse', {
    help: 'if a table has no primary key and no NOT NULL unique key: `refuse` it, or `replace` all its rows whenever it has changed',
  }),
  chunkRows: amount('--chunk-rows', 'rows', [1, 10_000_000], 100_000, {
    help: 'most rows in one step of the first copy',
  }),
  chunkBytes: amount('--chunk-bytes', 'bytes', [1_024, 16 * GIB], 64 * MIB, {
    help: 'most bytes in one step of the first copy, estimated',
  }),
  loadWorkers: amount('--load-workers', 'workers', [1, 100], 4, {
    help: "most workers that share a large first copy, including the task's own",
  }),
  transactionRows: amount('--transaction-rows', 'rows', [1, 100_000_000], 1_000_000, {
    help: 'a window of up to this many changed rows, over all tables, is applied in one sink transaction',
  }),
  transactionBytes: amount('--transaction-bytes', 'bytes', [1_024, 16 * GIB], 512 * MIB, {
    help: 'a window of up to this many bytes is applied in one sink transaction, a larger one in several',
  }),
  noFull: toggle('--no-full', {
    help: 'no first copy: apply only what changes from now on, over the rows that the sink tables have',
    fixed: true,
  }),
  startTs: time('--start-ts', 'start', {
    help: 'no first copy: apply what has changed since this time; a PITR or a snapshot of the source must hold the history since then',
    fixed: true,
  }),
  endTs: time('--end-ts', 'end', {
    help: 'finish the task once the sink holds everything up to this time, or a little later',
    unset: 'no end',
  }),
  sendSqlTimeoutMs: amount('--send-sql-timeout', 'milliseconds', [1_000, 86_400_000], null, {
    help: 'if a statement at the sink takes longer than this, give it up and try again; a SELECT that streams rows to compare has no limit',
    unset: "no limit but the end of the worker's run",
  }),
  maxSqlLength: amount('--max-sql-length', 'bytes', [1_024, 64 * MIB], 1_000_000, {
    help: 'most bytes of an INSERT or DELETE; a larger row has a statement of its own',
  }),
  tableErrors: choice('--error-handle-option', ['stop', 'ignore'], 'stop', {
    help: 'if one table has an error: `stop` the task, or `ignore` the error, that is set the table aside until it is resynced and go on with the others',
  }),
  allowUntestedVersion: toggle('--allow-untested-version', {
    help: 'accept MatrixOne versions that the product was not tried on, at your own risk',
    unset: 'accept only MatrixOne versions that the product was tried on',
    oldTasksLackIt: true,
  }),
} as const satisfies Record<string, OptionKind>;
