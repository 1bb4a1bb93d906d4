import * as actions from './actions.ts';
import type { ErrorKind } from '../error-classes.ts';

/** Errors of the sink: its server, its tables, and the rows written to it. */
export const SINK = {
  SINK_GOES_DOWN: { status: 409, class: 'operator', scope: 'step', action: actions.GOES_DOWN },
  SINK_UNREACHABLE: {
    status: 422,
    class: 'retry',
    scope: 'task',
    action: `Check that the sink is up, and that the worker can reach its address and port. ${actions.REACH}`,
  },
  SINK_ACCESS_DENIED: {
    status: 422,
    class: 'operator',
    scope: 'task',
    action: 'The sink refuses the login. Check the user and the password in the sink URI.',
  },
  SINK_SECRET: { status: 422, class: 'retry', scope: 'task', action: actions.SECRET },
  SINK_TLS: { status: 422, class: 'operator', scope: 'task', action: actions.TLS },
  SINK_LOGIN_UNSAFE: { status: 422, class: 'operator', scope: 'task', action: actions.LOGIN },
  SINK_SETTINGS: { status: 422, class: 'operator', scope: 'task', action: actions.SETTINGS },
  SINK_ANSWER: { status: 422, class: 'retry', scope: 'table', action: actions.ANSWER },
  SINK_NEWER: {
    status: 409,
    class: 'operator',
    scope: 'task',
    action:
      'Deploy the newer version of the product again, or a later one: this one cannot read what the newer one keeps at the sink. See "Going back" in docs/deploy.md.',
  },
  SINK_PRIVILEGE: {
    status: 422,
    class: 'operator',
    scope: 'table',
    action: 'Grant the sink user the privileges that the message names.',
  },
  SINK_UNSUPPORTED: {
    status: 422,
    class: 'operator',
    scope: 'step',
    action: `Use the sink type matrixone for MatrixOne, and mysql for MySQL 8 or MariaDB. ${actions.VERSION}`,
  },
  SINK_DATABASE_MISSING: {
    status: 422,
    class: 'table',
    scope: 'table',
    action:
      'Create the database at the sink, or grant the sink user the right to create it. If the database exists, grant the sink user its rights to it.',
  },
  SINK_TABLE_MISMATCH: {
    status: 422,
    class: 'table',
    scope: 'table',
    action: actions.MISMATCH,
  },
  SINK_TABLE_MISSING: { status: 409, class: 'retry', scope: 'table', action: actions.MISSING },
  SINK_TABLE_TAKEN: { status: 422, class: 'table', scope: 'table', action: actions.TAKEN },
  SINK_TABLE_UNSUPPORTED: {
    status: 422,
    class: 'table',
    scope: 'table',
    action:
      "The sink cannot have a table like the source's: too many columns, a row or key that is too long, or a name that it refuses. Take the table out of the task. Or create a sink table that can hold its rows. Then create the task again, or resume it if it exists already (`mo_cdc task resume --task-name NAME`).",
  },
  SINK_TABLE_NOT_EMPTY: {
    status: 422,
    class: 'table',
    scope: 'table',
    action:
      'Empty or drop the sink table. Or set the option existingRows (--existing-rows) to `replace`: the task then deletes these rows before its first copy. With `compare` it keeps those that are right, and repairs the others.',
  },
  SINK_ROW_REJECTED: {
    status: 409,
    class: 'table',
    scope: 'row',
    action:
      'The sink refused a value. Correct the sink table, or the row at the source. Then resume the task (`mo_cdc task resume --task-name NAME`).',
  },
  SINK_ROW_TOO_LARGE: {
    status: 409,
    class: 'table',
    scope: 'row',
    action:
      'Raise max_allowed_packet at the sink above the size in the message (`set global max_allowed_packet = …`), and resume the task (`mo_cdc task resume --task-name NAME`). Or take the table out of the task.',
  },
  SINK_DUPLICATE_KEY: {
    status: 409,
    class: 'table',
    scope: 'row',
    action:
      'Look for the row that the sink has already under this value. If the task did not write it, delete it. If the source has that row too, the sink takes two values of the source for one: give the column of the sink a collation that tells them apart (utf8mb4_0900_bin, in MariaDB utf8mb4_nopad_bin), or change one of the rows at the source. Then resume the task (`mo_cdc task resume --task-name NAME`).',
  },
  SINK_LOCKED: {
    status: 409,
    class: 'retry',
    scope: 'task',
    action:
      'Wait: another transaction has locked rows of the sink, and the task tries again by itself. If the error stays, end that transaction.',
  },
  SINK_TIMEOUT: {
    status: 422,
    class: 'retry',
    scope: 'step',
    action:
      'The sink took longer than sendSqlTimeoutMs (--send-sql-timeout). The task tries again by itself. If the error stays, raise that option, or make the steps of the task smaller (chunkRows, transactionRows).',
  },
  SINK_READ_ONLY: {
    status: 409,
    class: 'retry',
    scope: 'task',
    action:
      'Make the sink writable again, or give the task the address of a server that is writable (`mo_cdc task edit --task-name NAME --new-sink-uri URI`). The task then goes on by itself.',
  },
  SINK_FULL: {
    status: 409,
    class: 'retry',
    scope: 'task',
    action: 'Free or add disk space or memory at the sink. The task then goes on by itself.',
  },
  SINK_ERROR: {
    status: 422,
    class: 'retry',
    scope: 'table',
    action: "Read the sink server's message. A running task tries again by itself.",
  },
} as const satisfies Record<string, ErrorKind>;
