import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { CommandContext } from '../commands/command-context.ts';
import { requestVerification } from '../commands/request-verification.ts';
import { type Control, dropTask, forceDropTask } from '../commands/control-task.ts';
import { showTask } from '../commands/read-tasks.ts';
import type { CheckRequest } from '../record/task-record.ts';
import type { TaskStore } from '../store/task-store.ts';
import { type ApiHandler, apiHandler } from './api-handler.ts';
import { parseForce, parseListQuery, tablesQuery } from './request/queries.ts';
import { taskList } from './view/task-list.ts';
import { taskNameParameter } from './request/task-name-parameter.ts';
import { forcedDropView, taskView } from './view/task-view.ts';

interface ReadContext {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly log: Log;
}

export const listTasksHandler = ({ store, clock, log }: ReadContext): ApiHandler =>
  apiHandler(log, async ({ event }) => {
    const query = parseListQuery(event.queryStringParameters ?? {});
    return { status: 200, body: await taskList(store, query, clock.now()) };
  });

export const showTaskHandler = ({ store, clock, log }: ReadContext): ApiHandler =>
  apiHandler(log, async ({ event }) => {
    const record = await showTask(store, taskNameParameter(event));
    return { status: 200, body: taskView(record, clock.now()) };
  });

/** Pause, resume and restart. The handler records the command; a worker carries it out. */
export const controlTaskHandler = (context: CommandContext & { readonly clock: Clock }, control: Control): ApiHandler =>
  apiHandler(context.log, async ({ event }) => {
    const record = await control(context, taskNameParameter(event));
    return { status: 202, body: taskView(record, context.clock.now()) };
  });

/** Drop. The answer to a forced drop names what may be left behind. */
export const dropTaskHandler = (context: CommandContext & { readonly clock: Clock }): ApiHandler =>
  apiHandler(context.log, async ({ event }) => {
    const force = parseForce(event.queryStringParameters ?? {});
    const record = await (force ? forceDropTask : dropTask)(context, taskNameParameter(event));
    const now = context.clock.now();
    return { status: 202, body: force ? forcedDropView(record, now) : taskView(record, now) };
  });

/** Verify and resync. The handler records the request; the worker compares between windows. */
export const checkTaskHandler = (
  context: CommandContext & { readonly clock: Clock },
  kind: CheckRequest['kind'],
): ApiHandler =>
  apiHandler(context.log, async ({ event }) => {
    const tables = tablesQuery(event.queryStringParameters ?? {});
    const record = await requestVerification(context, taskNameParameter(event), kind, tables);
    return { status: 202, body: taskView(record, context.clock.now()) };
  });
