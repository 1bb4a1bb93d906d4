import type { ErrorKind } from './error-classes.ts';
import * as actions from './error-actions.ts';

/** Every error the product reports. Codes are stable: scripts and alarms may rely on them. */
export const ERRORS = {
  // Requests
  REQUEST_INVALID: { status: 422, class: 'never', action: 'Correct the named fields and send the request again.' },
  REQUEST_MALFORMED: { status: 400, class: 'never', action: 'Send a JSON object with Content-Type: application/json.' },
  REQUEST_TOO_LARGE: { status: 413, class: 'never', action: 'Send a smaller body, or split the task into several.' },
  REQUEST_TIMEOUT: {
    status: 503,
    class: 'retry',
    action: 'Show the task to see how far it came, and send the request again if nothing happened.',
  },
  ROUTE_UNKNOWN: {
    status: 404,
    class: 'never',
    action: 'See GET /openapi.json or docs/reference/api.md for the routes.',
  },
  TASK_EXISTS: { status: 409, class: 'never', action: 'Choose another task name, or drop that task first.' },
  TASK_NOT_FOUND: {
    status: 404,
    class: 'never',
    action: 'List the tasks (GET /tasks, mo_cdc task list) and check the name.',
  },
  TASK_NOT_RUNNING: {
    status: 409,
    class: 'never',
    action: 'Resume the task first: source and sink are compared by its worker. A finished one has to be restarted.',
  },
  TASK_DROPPING: { status: 409, class: 'never', action: 'Wait until the task is gone, then try again.' },
  TASK_EDIT_UNDER_WAY: {
    status: 409,
    class: 'retry',
    action:
      'Wait until the edit before this one is carried out (`pendingWindow` is null then), and send it again; where that fails, mend its error, or edit `tableErrors` to `ignore` and resume.',
  },
  TASK_EDIT_CONFLICT: {
    status: 409,
    class: 'retry',
    action: 'Somebody else has edited the task at the same time: show it, and send the edit again.',
  },
  TASK_REJECTED: { status: 422, class: 'never', action: 'Mend what each complaint names and create the task again.' },
  URI_INVALID: {
    status: 422,
    class: 'never',
    action: 'Use mysql://user:password@host:port, special characters percent-encoded.',
  },
  MAPPING_INVALID: {
    status: 422,
    class: 'never',
    action:
      'Name every table once, as database.table or database.table:database.table (databases: name or name:name), separated by commas.',
  },
  EXCLUDE_UNSUPPORTED: {
    status: 422,
    class: 'operator',
    action:
      'Give the task expressions of RE2 (`mo_cdc task edit --exclude …`), then restart it: which tables the old ones left out cannot be told any more.',
  },

  // Source
  SOURCE_UNREACHABLE: {
    status: 422,
    class: 'retry',
    action: 'Check that the source is up and that its address and port can be reached from the worker.',
  },
  SOURCE_ACCESS_DENIED: { status: 422, class: 'operator', action: 'Check user and password of the source URI.' },
  SOURCE_SECRET: { status: 422, class: 'retry', action: actions.SECRET },
  SOURCE_TLS: { status: 422, class: 'operator', action: actions.TLS },
  SOURCE_LOGIN_UNSAFE: { status: 422, class: 'operator', action: actions.LOGIN },
  SOURCE_SETTINGS: { status: 422, class: 'operator', action: actions.SETTINGS },
  SOURCE_ANSWER: { status: 422, class: 'retry', mayBeOfTable: true, action: actions.ANSWER },
  SOURCE_PRIVILEGE: {
    status: 422,
    class: 'operator',
    mayBeOfTable: true,
    action: "Use the account's administrator at the source: only it may create snapshots.",
  },
  SOURCE_UNSUPPORTED: {
    status: 422,
    class: 'operator',
    action: actions.VERSION,
  },
  SOURCE_DATABASE_MISSING: {
    status: 422,
    class: 'table',
    action: 'Create the database at the source, or take it out of the task.',
  },
  SOURCE_TABLE_MISSING: {
    status: 422,
    class: 'table',
    action: 'Create the table at the source, or take it out of the task.',
  },
  TABLE_WITHOUT_KEY: { status: 422, class: 'table', action: actions.WITHOUT_KEY },
  TABLE_KIND_UNSUPPORTED: {
    status: 422,
    class: 'table',
    action: 'Only base tables are replicated: take it out of the task.',
  },
  TABLE_DEFINITION_UNSUPPORTED: { status: 422, class: 'table', action: actions.DEFINITION },
  TABLE_NAME_UNSUPPORTED: {
    status: 422,
    class: 'table',
    action: 'Rename the table or the column at the source, or take the table out of the task.',
  },
  SNAPSHOT_QUOTA: {
    status: 422,
    class: 'retry',
    action:
      "Create a PITR that holds the history instead (`create pitr … for account range 7 'd'`, with the task's option `history` on `auto` or `pitr`), drop snapshots nobody needs (`show snapshots`), or raise the quota of the account (mo_catalog.mo_feature_limit).",
  },
  PITR_MISSING: {
    status: 422,
    class: 'retry',
    action:
      "As the source's account, create a PITR for the account or for every database of the task (`create pitr … for account range 7 'd'`), or let the task keep snapshots (option `history`: `auto` or `snapshots`).",
  },
  HISTORY_EXPIRING: {
    status: 409,
    class: 'retry',
    action:
      'Let the task come forward before `historyHeldUntil` (resume it, or mend its error), or make the PITR longer (`alter pitr … range …`).',
  },
  HISTORY_LOST: {
    status: 409,
    class: 'never',
    action:
      "The task's snapshot is gone from the source, or the PITR no longer reaches back to where the task stands: resync the task, which compares and repairs it in place, or restart it.",
  },
  START_NOT_COVERED: {
    status: 422,
    class: 'never',
    action:
      'Choose a later start, or none: only a PITR that reached back to it, or a snapshot from before it, holds what was then.',
  },
  FENCE_MISMATCH: {
    status: 409,
    class: 'never',
    action:
      "The sink or the task's item was restored from a backup: resync the task, which compares and repairs it in place, or restart it.",
  },
  SCHEMA_CHANGED: { status: 409, class: 'table', action: actions.SCHEMA },
  CHANGES_UNREADABLE: { status: 409, class: 'retry', mayBeOfTable: true, action: actions.UNREADABLE },
  SOURCE_ERROR: {
    status: 422,
    class: 'retry',
    mayBeOfTable: true,
    action: 'Read the message of the source server; a task that runs tries again by itself.',
  },

  // Sink
  SINK_GOES_DOWN: { status: 409, class: 'operator', action: actions.GOES_DOWN },
  SINK_UNREACHABLE: {
    status: 422,
    class: 'retry',
    action: 'Check that the sink is up and that its address and port can be reached from the worker.',
  },
  SINK_ACCESS_DENIED: { status: 422, class: 'operator', action: 'Check user and password of the sink URI.' },
  SINK_SECRET: { status: 422, class: 'retry', action: actions.SECRET },
  SINK_TLS: { status: 422, class: 'operator', action: actions.TLS },
  SINK_LOGIN_UNSAFE: { status: 422, class: 'operator', action: actions.LOGIN },
  SINK_SETTINGS: { status: 422, class: 'operator', action: actions.SETTINGS },
  SINK_ANSWER: { status: 422, class: 'retry', mayBeOfTable: true, action: actions.ANSWER },
  SINK_PRIVILEGE: {
    status: 422,
    class: 'operator',
    mayBeOfTable: true,
    action: 'Grant the sink user what the message names.',
  },
  SINK_UNSUPPORTED: {
    status: 422,
    class: 'operator',
    action: `Use matrixone for a MatrixOne sink and mysql for MySQL 8 or MariaDB. ${actions.VERSION}`,
  },
  SINK_DATABASE_MISSING: {
    status: 422,
    class: 'table',
    action:
      'Create the database at the sink, or grant the sink user the right to create it; where it is there, the rights to it.',
  },
  SINK_TABLE_MISMATCH: {
    status: 422,
    class: 'table',
    action: 'Drop the sink table (it is created anew), or give it the columns and key of the source table.',
  },
  SINK_TABLE_MISSING: { status: 409, class: 'retry', mayBeOfTable: true, action: actions.MISSING },
  SINK_TABLE_TAKEN: { status: 422, class: 'table', action: actions.TAKEN },
  SINK_TABLE_UNSUPPORTED: {
    status: 422,
    class: 'table',
    action:
      'The sink cannot have a table like that of the source (too many columns, too long a row or a key, a name it does not take): take it out of the task, or create a sink table for its rows, where that can be done, and resume.',
  },
  SINK_TABLE_NOT_EMPTY: {
    status: 422,
    class: 'table',
    action: 'Empty or drop the sink table, or have its rows replaced (existingRows: replace, --existing-rows replace).',
  },
  SINK_ROW_REJECTED: {
    status: 409,
    class: 'table',
    action: 'The sink refused a value: mend the sink table, or the row at the source, then resume.',
  },
  SINK_ROW_TOO_LARGE: {
    status: 409,
    class: 'table',
    action:
      'Raise max_allowed_packet at the sink (`set global max_allowed_packet = …`) above what the message says, then resume; or take the table out of the task.',
  },
  SINK_DUPLICATE_KEY: {
    status: 409,
    class: 'table',
    action: 'Rows that the task did not write stand in its way at the sink: remove them, then resume.',
  },
  SINK_LOCKED: {
    status: 409,
    class: 'retry',
    action: 'Another transaction holds rows of the sink; the task tries again by itself.',
  },
  SINK_TIMEOUT: {
    status: 422,
    class: 'retry',
    action: 'The sink took longer than the send-sql-timeout: the task tries again; give it more time or smaller steps.',
  },
  SINK_READ_ONLY: {
    status: 409,
    class: 'retry',
    action:
      'Make the sink writable again, or give the task the address of the server that is; the task goes on by itself.',
  },
  SINK_FULL: {
    status: 409,
    class: 'retry',
    action: 'Free or add disk space or memory at the sink; the task goes on by itself.',
  },
  SINK_ERROR: {
    status: 422,
    class: 'retry',
    mayBeOfTable: true,
    action: 'Read the message of the sink server; a task that runs tries again by itself.',
  },

  // Running
  TYPE_UNSUPPORTED: {
    status: 422,
    class: 'table',
    action: 'Take the table out of the task: single columns cannot be left out.',
  },
  FENCED: { status: 409, class: 'retry', action: 'Nothing: a newer worker has taken the task over.' },
  TASK_EDITED: { status: 409, class: 'retry', action: 'Nothing: the worker begins again with the task as it is now.' },
  LEASE_LOST: {
    status: 409,
    class: 'retry',
    action: 'Nothing: a newer worker has taken the task over, or the task was dropped.',
  },
  SECRET_ERROR: {
    status: 503,
    class: 'retry',
    action: "Check Secrets Manager and the function's rights; then send the request again.",
  },
  STORE_ERROR: {
    status: 503,
    class: 'retry',
    action: 'See the message; it is tried again. Should it stay, look at the health of DynamoDB in the region.',
  },
  STORE_THROTTLED: {
    status: 503,
    class: 'retry',
    action: "Nothing at first, it is tried again; should it stay, look at the account's quotas and the table's limits.",
  },
  STORE_DENIED: {
    status: 503,
    class: 'retry',
    action:
      "Give the function's role its rights to the DynamoDB table again (deploy the stack anew); tasks go on by themselves.",
  },
  STORE_MISSING: {
    status: 503,
    class: 'retry',
    action: 'Restore the DynamoDB table under its name, or deploy the stack anew; tasks go on by themselves.',
  },
  STORE_REFUSED: {
    status: 503,
    class: 'operator',
    action:
      'Where the message speaks of the size of an item, spread the tables over several tasks; else report it with the log.',
  },
  WORKER_NOT_STARTED: {
    status: 503,
    class: 'retry',
    action:
      "Nothing at first, the next tick tries again; should it stay, look at the worker's concurrency and the tick's rights.",
  },
  INTERNAL: { status: 500, class: 'retry', action: 'Report this with the message and the log of the function.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** The same, code by code. */
export const errorKind = (code: ErrorCode): ErrorKind => ERRORS[code];

/** May the error concern one table while the others are fine? */
export const mayBeOfTable = (code: ErrorCode): boolean => {
  const kind = errorKind(code);
  return kind.class === 'table' || kind.mayBeOfTable === true;
};
