import * as actions from './actions.ts';
import type { ErrorKind } from '../error-classes.ts';

/** Errors of workers, and of the services that they run on. */
export const RUNNING = {
  TYPE_UNSUPPORTED: {
    status: 422,
    class: 'table',
    scope: 'definition',
    action: 'Take the table out of the task. A task cannot leave out single columns.',
  },
  FENCED: {
    status: 409,
    class: 'retry',
    scope: 'worker',
    action: 'Do nothing: a newer worker has taken the task over.',
  },
  TASK_EDITED: {
    status: 409,
    class: 'retry',
    scope: 'step',
    action: 'Do nothing: the worker begins again with the edited task.',
  },
  LEASE_LOST: {
    status: 409,
    class: 'retry',
    scope: 'worker',
    action: 'Do nothing: a newer worker has taken the task over, or the task was dropped.',
  },
  SECRET_ERROR: {
    status: 503,
    class: 'retry',
    scope: 'step',
    action: `Check that Secrets Manager is up and that the function's role has its rights to it. ${actions.WAY_OUT} Then send the request again.`,
  },
  STORE_ERROR: {
    status: 503,
    class: 'retry',
    scope: 'store',
    action: `Wait: it is tried again. If the error stays, read its message and check the health of DynamoDB in the region. ${actions.WAY_OUT}`,
  },
  STORE_NEWER: {
    status: 409,
    class: 'operator',
    scope: 'store',
    action:
      'Deploy the newer version of the product again, or a later one: this one leaves the task alone. See "Going back" in docs/deploy.md.',
  },
  STORE_THROTTLED: {
    status: 503,
    class: 'retry',
    scope: 'store',
    action:
      "Wait: it is tried again. If the error stays, check the account's quotas and the limits of the DynamoDB table.",
  },
  STORE_DENIED: {
    status: 503,
    class: 'retry',
    scope: 'store',
    action:
      "Give the function's role its rights to the DynamoDB table again: deploy the stack anew. The tasks then go on by themselves.",
  },
  STORE_MISSING: {
    status: 503,
    class: 'retry',
    scope: 'store',
    action:
      'Restore the DynamoDB table under its name, or deploy the stack anew. The tasks of a restored table then go on by themselves.',
  },
  STORE_REFUSED: {
    status: 503,
    class: 'operator',
    scope: 'store',
    action:
      'If the message speaks of the size of an item, spread the tables over several tasks. Otherwise report the error with the log.',
  },
  WORKER_NOT_STARTED: {
    status: 503,
    class: 'retry',
    scope: 'service',
    action:
      'Wait: the next tick tries again. If the error stays, check the concurrency of the worker function and the rights of the tick function.',
  },
  INTERNAL: {
    status: 500,
    class: 'retry',
    scope: 'service',
    action: 'Report this with the message and the log of the function.',
  },
} as const satisfies Record<string, ErrorKind>;
