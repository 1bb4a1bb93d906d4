import type { ErrorKind } from '../error-classes.ts';

/** Errors of workers, and of the services that they run on. */
export const RUNNING = {
  TYPE_UNSUPPORTED: {
    status: 422,
    class: 'table',
    scope: 'definition',
    action: 'Take the table out of the task: single columns cannot be left out.',
  },
  FENCED: { status: 409, class: 'retry', scope: 'worker', action: 'Nothing: a newer worker has taken the task over.' },
  TASK_EDITED: {
    status: 409,
    class: 'retry',
    scope: 'step',
    action: 'Nothing: the worker begins again with the task as it is now.',
  },
  LEASE_LOST: {
    status: 409,
    class: 'retry',
    scope: 'worker',
    action: 'Nothing: a newer worker has taken the task over, or the task was dropped.',
  },
  SECRET_ERROR: {
    status: 503,
    class: 'retry',
    scope: 'step',
    action: "Check Secrets Manager and the function's rights; then send the request again.",
  },
  STORE_ERROR: {
    status: 503,
    class: 'retry',
    scope: 'store',
    action: 'See the message; it is tried again. Should it stay, look at the health of DynamoDB in the region.',
  },
  STORE_THROTTLED: {
    status: 503,
    class: 'retry',
    scope: 'store',
    action: "Nothing at first, it is tried again; should it stay, look at the account's quotas and the table's limits.",
  },
  STORE_DENIED: {
    status: 503,
    class: 'retry',
    scope: 'store',
    action:
      "Give the function's role its rights to the DynamoDB table again (deploy the stack anew); tasks go on by themselves.",
  },
  STORE_MISSING: {
    status: 503,
    class: 'retry',
    scope: 'store',
    action: 'Restore the DynamoDB table under its name, or deploy the stack anew; tasks go on by themselves.',
  },
  STORE_REFUSED: {
    status: 503,
    class: 'operator',
    scope: 'store',
    action:
      'Where the message speaks of the size of an item, spread the tables over several tasks; else report it with the log.',
  },
  WORKER_NOT_STARTED: {
    status: 503,
    class: 'retry',
    scope: 'service',
    action:
      "Nothing at first, the next tick tries again; should it stay, look at the worker's concurrency and the tick's rights.",
  },
  INTERNAL: {
    status: 500,
    class: 'retry',
    scope: 'service',
    action: 'Report this with the message and the log of the function.',
  },
} as const satisfies Record<string, ErrorKind>;
