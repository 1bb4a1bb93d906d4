import * as actions from '../error-actions.ts';
import type { ErrorKind } from '../error-classes.ts';

/** Errors of the source: its server, its tables, and the history that a task needs. */
export const SOURCE = {
  SOURCE_UNREACHABLE: {
    status: 422,
    class: 'retry',
    scope: 'task',
    action: 'Check that the source is up and that its address and port can be reached from the worker.',
  },
  SOURCE_ACCESS_DENIED: {
    status: 422,
    class: 'operator',
    scope: 'task',
    action: 'Check user and password of the source URI.',
  },
  SOURCE_SECRET: { status: 422, class: 'retry', scope: 'task', action: actions.SECRET },
  SOURCE_TLS: { status: 422, class: 'operator', scope: 'task', action: actions.TLS },
  SOURCE_LOGIN_UNSAFE: { status: 422, class: 'operator', scope: 'task', action: actions.LOGIN },
  SOURCE_SETTINGS: { status: 422, class: 'operator', scope: 'task', action: actions.SETTINGS },
  SOURCE_ANSWER: { status: 422, class: 'retry', scope: 'table', action: actions.ANSWER },
  SOURCE_PRIVILEGE: {
    status: 422,
    class: 'operator',
    scope: 'table',
    action: "Use the account's administrator at the source: only it may create snapshots.",
  },
  SOURCE_UNSUPPORTED: {
    status: 422,
    class: 'operator',
    scope: 'step',
    action: actions.VERSION,
  },
  SOURCE_DATABASE_MISSING: {
    status: 422,
    class: 'table',
    scope: 'table',
    action: 'Create the database at the source, or take it out of the task.',
  },
  SOURCE_TABLE_MISSING: {
    status: 422,
    class: 'table',
    scope: 'table',
    action: 'Create the table at the source, or take it out of the task.',
  },
  TABLE_WITHOUT_KEY: { status: 422, class: 'table', scope: 'definition', action: actions.WITHOUT_KEY },
  TABLE_KIND_UNSUPPORTED: {
    status: 422,
    class: 'table',
    scope: 'definition',
    action: 'Only base tables are replicated: take it out of the task.',
  },
  TABLE_DEFINITION_UNSUPPORTED: { status: 422, class: 'table', scope: 'definition', action: actions.DEFINITION },
  TABLE_NAME_UNSUPPORTED: {
    status: 422,
    class: 'table',
    scope: 'definition',
    action: 'Rename the table or the column at the source, or take the table out of the task.',
  },
  SNAPSHOT_QUOTA: {
    status: 422,
    class: 'retry',
    scope: 'task',
    action:
      "Create a PITR that holds the history instead (`create pitr … for account range 7 'd'`, with the task's option `history` on `auto` or `pitr`), drop snapshots nobody needs (`show snapshots`), or raise the quota of the account (mo_catalog.mo_feature_limit).",
  },
  PITR_MISSING: {
    status: 422,
    class: 'retry',
    scope: 'step',
    action:
      "As the source's account, create a PITR for the account or for every database of the task (`create pitr … for account range 7 'd'`), or let the task keep snapshots (option `history`: `auto` or `snapshots`).",
  },
  HISTORY_EXPIRING: {
    status: 409,
    class: 'retry',
    scope: 'step',
    action:
      'Let the task come forward before `historyHeldUntil` (resume it, or mend its error), or make the PITR longer (`alter pitr … range …`).',
  },
  HISTORY_LOST: {
    status: 409,
    class: 'never',
    scope: 'basis',
    action:
      "The task's snapshot is gone from the source, or the PITR no longer reaches back to where the task stands: resync the task, which compares and repairs it in place, or restart it.",
  },
  START_NOT_COVERED: {
    status: 422,
    class: 'never',
    scope: 'step',
    action:
      'Choose a later start, or none: only a PITR that reached back to it, or a snapshot from before it, holds what was then.',
  },
  FENCE_MISMATCH: {
    status: 409,
    class: 'never',
    scope: 'basis',
    action:
      "The sink or the task's item was restored from a backup: resync the task, which compares and repairs it in place, or restart it.",
  },
  SCHEMA_CHANGED: { status: 409, class: 'table', scope: 'table', action: actions.SCHEMA },
  CHANGES_UNREADABLE: { status: 409, class: 'retry', scope: 'table', action: actions.UNREADABLE },
  SOURCE_ERROR: {
    status: 422,
    class: 'retry',
    scope: 'table',
    action: 'Read the message of the source server; a task that runs tries again by itself.',
  },
} as const satisfies Record<string, ErrorKind>;
