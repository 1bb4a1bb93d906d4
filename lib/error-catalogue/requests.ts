import type { ErrorKind } from '../error-classes.ts';

/** Errors of requests that cannot be carried out, now or ever. */
export const REQUESTS = {
  REQUEST_INVALID: {
    status: 422,
    class: 'never',
    scope: 'request',
    action: 'Correct the named fields and send the request again.',
  },
  REQUEST_MALFORMED: {
    status: 400,
    class: 'never',
    scope: 'request',
    action: 'Send a JSON object with Content-Type: application/json.',
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    class: 'never',
    scope: 'request',
    action: 'Send a smaller body, or split the task into several.',
  },
  REQUEST_TIMEOUT: {
    status: 503,
    class: 'retry',
    scope: 'request',
    action:
      'The request may have been carried out. Look at the task (`mo_cdc task show --task-name NAME`), and send the request again if nothing has changed.',
  },
  ROUTE_UNKNOWN: {
    status: 404,
    class: 'never',
    scope: 'request',
    action: 'See GET /openapi.json or docs/reference/api.md for the routes.',
  },
  TASK_EXISTS: {
    status: 409,
    class: 'never',
    scope: 'command',
    action: 'Choose another name, or drop the existing task first (`mo_cdc task drop --task-name NAME`).',
  },
  TASK_NOT_FOUND: {
    status: 404,
    class: 'never',
    scope: 'command',
    action: 'List the tasks (`mo_cdc task list`, GET /tasks) and check the name.',
  },
  TASK_NOT_RUNNING: {
    status: 409,
    class: 'never',
    scope: 'command',
    action:
      'Only a running task compares source and sink. Resume it first (`mo_cdc task resume --task-name NAME`). If the task is finished, restart it (`mo_cdc task restart --task-name NAME`).',
  },
  TASK_DROPPING: {
    status: 409,
    class: 'never',
    scope: 'command',
    action: 'Wait until the task is gone, then try again.',
  },
  TASK_EDIT_UNDER_WAY: {
    status: 409,
    class: 'retry',
    scope: 'command',
    action:
      "An earlier edit is still being carried out. Wait until `pendingWindow` of the task is null, and send this edit again. If the earlier edit fails, correct the task's error and resume it, or run `mo_cdc task edit --task-name NAME --error-handle-option ignore` and then `mo_cdc task resume --task-name NAME`.",
  },
  TASK_EDIT_CONFLICT: {
    status: 409,
    class: 'retry',
    scope: 'command',
    action:
      'Somebody else edited the task at the same time. Look at the task (`mo_cdc task show --task-name NAME`), and send the edit again.',
  },
  TASK_REJECTED: {
    status: 422,
    class: 'never',
    scope: 'command',
    action: 'Correct what each complaint names, and send the request again.',
  },
  URI_INVALID: {
    status: 422,
    class: 'never',
    scope: 'request',
    action: 'Write the URI as mysql://user:password@host:port, with special characters percent-encoded.',
  },
  MAPPING_INVALID: {
    status: 422,
    class: 'never',
    scope: 'request',
    action:
      'Name every table once, as database.table or database.table:database.table (databases: name or name:name), separated by commas. If source and sink are one server, give every copy another name than its source.',
  },
  EXCLUDE_UNSUPPORTED: {
    status: 422,
    class: 'operator',
    scope: 'step',
    action:
      'Give the task regular expressions of RE2 (`mo_cdc task edit --task-name NAME --exclude REGEX`), then restart it (`mo_cdc task restart --task-name NAME`): nobody can tell any more which tables the old expressions left out.',
  },
} as const satisfies Record<string, ErrorKind>;
