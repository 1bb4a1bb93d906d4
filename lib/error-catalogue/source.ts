import * as actions from './actions.ts';
import type { ErrorKind } from '../error-classes.ts';

/** Errors of the source: its server, its tables, and the history that a task needs. */
export const SOURCE = {
  SOURCE_UNREACHABLE: {
    status: 422,
    class: 'retry',
    scope: 'task',
    action: `Check that the source is up, and that the worker can reach its address and port. ${actions.REACH}`,
  },
  SOURCE_ACCESS_DENIED: {
    status: 422,
    class: 'operator',
    scope: 'task',
    action: 'The source refuses the login. Check the user and the password in the source URI.',
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
    action:
      "Put the administrator of the source's account into the source URI: only administrators may create snapshots.",
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
    action: 'Take it out of the task: only base tables can be replicated, not views and the like.',
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
      "The source's account may not have more snapshots. Drop snapshots that nobody needs (`show snapshots`), or raise the account's quota (mo_catalog.mo_feature_limit). Or let a PITR hold the history: `create pitr … for account range 7 'd'`, with the task's option `history` set to `auto` or `pitr`.",
  },
  PITR_MISSING: {
    status: 422,
    class: 'retry',
    scope: 'step',
    action:
      "No PITR covers all of the task's tables. As the source's account, create one for the account or for every database of the task (`create pitr … for account range 7 'd'`). Or let the task keep snapshots: set its option `history` to `auto` or `snapshots`.",
  },
  HISTORY_EXPIRING: {
    status: 409,
    class: 'retry',
    scope: 'step',
    action:
      "The PITR soon no longer holds the history that the task needs. Before `historyHeldUntil`, correct the task's error or resume the task (`mo_cdc task resume --task-name NAME`), or make the PITR longer (`alter pitr … range …`).",
  },
  HISTORY_LOST: {
    status: 409,
    class: 'never',
    scope: 'basis',
    action:
      "The source no longer has the history since the checkpoint: somebody dropped the task's snapshot, or the PITR is too short. Resync the task (`mo_cdc task resync --task-name NAME`): it compares all tables and repairs the sink in place. Or restart it (`mo_cdc task restart --task-name NAME`): it copies everything anew.",
  },
  START_NOT_COVERED: {
    status: 422,
    class: 'never',
    scope: 'step',
    action:
      'The source no longer has the history since that start: only a PITR that reaches back to it, or a snapshot from before it, would hold it. Choose a later start, or leave the start out.',
  },
  FENCE_MISMATCH: {
    status: 409,
    class: 'never',
    scope: 'basis',
    action:
      'Sink and task do not agree on what was applied last; usually one of them was restored from a backup. Resync the task (`mo_cdc task resync --task-name NAME`): it compares all tables and repairs the sink in place. Or restart it (`mo_cdc task restart --task-name NAME`): it copies everything anew.',
  },
  SCHEMA_CHANGED: { status: 409, class: 'table', scope: 'table', action: actions.SCHEMA },
  CHANGES_UNREADABLE: { status: 409, class: 'retry', scope: 'table', action: actions.UNREADABLE },
  SOURCE_ERROR: {
    status: 422,
    class: 'retry',
    scope: 'table',
    action: "Read the source server's message. A running task tries again by itself.",
  },
} as const satisfies Record<string, ErrorKind>;
