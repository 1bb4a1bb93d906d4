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
    action: 'Show the task to see how far it came, and send the request again if nothing happened.',
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
    action: 'Choose another task name, or drop that task first.',
  },
  TASK_NOT_FOUND: {
    status: 404,
    class: 'never',
    scope: 'command',
    action: 'List the tasks (GET /tasks, mo_cdc task list) and check the name.',
  },
  TASK_NOT_RUNNING: {
    status: 409,
    class: 'never',
    scope: 'command',
    action: 'Resume the task first: source and sink are compared by its worker. A finished one has to be restarted.',
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
      'Wait until the edit before this one is carried out (`pendingWindow` is null then), and send it again; where that fails, mend its error, or edit `tableErrors` to `ignore` and resume.',
  },
  TASK_EDIT_CONFLICT: {
    status: 409,
    class: 'retry',
    scope: 'command',
    action: 'Somebody else has edited the task at the same time: show it, and send the edit again.',
  },
  TASK_REJECTED: {
    status: 422,
    class: 'never',
    scope: 'command',
    action: 'Mend what each complaint names and create the task again.',
  },
  URI_INVALID: {
    status: 422,
    class: 'never',
    scope: 'request',
    action: 'Use mysql://user:password@host:port, special characters percent-encoded.',
  },
  MAPPING_INVALID: {
    status: 422,
    class: 'never',
    scope: 'request',
    action:
      'Name every table once, as database.table or database.table:database.table (databases: name or name:name), separated by commas.',
  },
  EXCLUDE_UNSUPPORTED: {
    status: 422,
    class: 'operator',
    scope: 'step',
    action:
      'Give the task expressions of RE2 (`mo_cdc task edit --exclude …`), then restart it: which tables the old ones left out cannot be told any more.',
  },
} as const satisfies Record<string, ErrorKind>;
