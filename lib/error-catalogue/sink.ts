import * as actions from '../error-actions.ts';
import type { ErrorKind } from '../error-classes.ts';

/** Errors of the sink: its server, its tables, and the rows written to it. */
export const SINK = {
  SINK_GOES_DOWN: { status: 409, class: 'operator', scope: 'step', action: actions.GOES_DOWN },
  SINK_UNREACHABLE: {
    status: 422,
    class: 'retry',
    scope: 'task',
    action: 'Check that the sink is up and that its address and port can be reached from the worker.',
  },
  SINK_ACCESS_DENIED: {
    status: 422,
    class: 'operator',
    scope: 'task',
    action: 'Check user and password of the sink URI.',
  },
  SINK_SECRET: { status: 422, class: 'retry', scope: 'task', action: actions.SECRET },
  SINK_TLS: { status: 422, class: 'operator', scope: 'task', action: actions.TLS },
  SINK_LOGIN_UNSAFE: { status: 422, class: 'operator', scope: 'task', action: actions.LOGIN },
  SINK_SETTINGS: { status: 422, class: 'operator', scope: 'task', action: actions.SETTINGS },
  SINK_ANSWER: { status: 422, class: 'retry', scope: 'table', action: actions.ANSWER },
  SINK_PRIVILEGE: {
    status: 422,
    class: 'operator',
    scope: 'table',
    action: 'Grant the sink user what the message names.',
  },
  SINK_UNSUPPORTED: {
    status: 422,
    class: 'operator',
    scope: 'step',
    action: `Use matrixone for a MatrixOne sink and mysql for MySQL 8 or MariaDB. ${actions.VERSION}`,
  },
  SINK_DATABASE_MISSING: {
    status: 422,
    class: 'table',
    scope: 'table',
    action:
      'Create the database at the sink, or grant the sink user the right to create it; where it is there, the rights to it.',
  },
  SINK_TABLE_MISMATCH: {
    status: 422,
    class: 'table',
    scope: 'table',
    action: 'Drop the sink table (it is created anew), or give it the columns and key of the source table.',
  },
  SINK_TABLE_MISSING: { status: 409, class: 'retry', scope: 'table', action: actions.MISSING },
  SINK_TABLE_TAKEN: { status: 422, class: 'table', scope: 'table', action: actions.TAKEN },
  SINK_TABLE_UNSUPPORTED: {
    status: 422,
    class: 'table',
    scope: 'table',
    action:
      'The sink cannot have a table like that of the source (too many columns, too long a row or a key, a name it does not take): take it out of the task, or create a sink table for its rows, where that can be done, and resume.',
  },
  SINK_TABLE_NOT_EMPTY: {
    status: 422,
    class: 'table',
    scope: 'table',
    action: 'Empty or drop the sink table, or have its rows replaced (existingRows: replace, --existing-rows replace).',
  },
  SINK_ROW_REJECTED: {
    status: 409,
    class: 'table',
    scope: 'row',
    action: 'The sink refused a value: mend the sink table, or the row at the source, then resume.',
  },
  SINK_ROW_TOO_LARGE: {
    status: 409,
    class: 'table',
    scope: 'row',
    action:
      'Raise max_allowed_packet at the sink (`set global max_allowed_packet = …`) above what the message says, then resume; or take the table out of the task.',
  },
  SINK_DUPLICATE_KEY: {
    status: 409,
    class: 'table',
    scope: 'row',
    action: 'Rows that the task did not write stand in its way at the sink: remove them, then resume.',
  },
  SINK_LOCKED: {
    status: 409,
    class: 'retry',
    scope: 'task',
    action: 'Another transaction holds rows of the sink; the task tries again by itself.',
  },
  SINK_TIMEOUT: {
    status: 422,
    class: 'retry',
    scope: 'step',
    action: 'The sink took longer than the send-sql-timeout: the task tries again; give it more time or smaller steps.',
  },
  SINK_READ_ONLY: {
    status: 409,
    class: 'retry',
    scope: 'task',
    action:
      'Make the sink writable again, or give the task the address of the server that is; the task goes on by itself.',
  },
  SINK_FULL: {
    status: 409,
    class: 'retry',
    scope: 'task',
    action: 'Free or add disk space or memory at the sink; the task goes on by itself.',
  },
  SINK_ERROR: {
    status: 422,
    class: 'retry',
    scope: 'table',
    action: 'Read the message of the sink server; a task that runs tries again by itself.',
  },
} as const satisfies Record<string, ErrorKind>;
