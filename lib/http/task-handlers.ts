import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { CommandContext } from '../commands/command-context.ts';
import { requestVerification } from '../commands/request-verification.ts';
import { type Control, dropTask, forceDropTask, pauseTask, restartTask, resumeTask } from '../commands/control-task.ts';
import { showTask } from '../commands/read-tasks.ts';
import type { CheckRequest } from '../record/task-record.ts';
import type { TaskStore } from '../store/task-store.ts';
import { type ApiHandler, apiHandler } from './api-handler.ts';
import { audited } from './audit.ts';
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

const CONTROLS = { pause: pauseTask, resume: resumeTask, restart: restartTask } satisfies Record<string, Control>;

type ControlContext = CommandContext & { readonly clock: Clock };

/** Pause, resume and restart. The handler records the command; a worker carries it out. */
export const controlTaskHandler = (context: ControlContext, command: keyof typeof CONTROLS): ApiHandler =>
  audited(
    context.log,
    command,
    apiHandler(context.log, async ({ event }) => {
      const record = await CONTROLS[command](context, taskNameParameter(event));
      return { status: 202, body: taskView(record, context.clock.now()) };
    }),
  );

/** Drop. The answer to a forced drop names what may be left behind. */
export const dropTaskHandler = (context: ControlContext): ApiHandler =>
  audited(
    context.log,
    'drop',
    apiHandler(context.log, async ({ event }) => {
      const force = parseForce(event.queryStringParameters ?? {});
      const record = await (force ? forceDropTask : dropTask)(context, taskNameParameter(event));
      const now = context.clock.now();
      return { status: 202, body: force ? forcedDropView(record, now) : taskView(record, now) };
    }),
  );

/** Verify and resync. The handler records the request; the worker compares between windows. */
export const checkTaskHandler = (context: ControlContext, kind: CheckRequest['kind']): ApiHandler =>
  audited(
    context.log,
    kind,
    apiHandler(context.log, async ({ event }) => {
      const tables = tablesQuery(event.queryStringParameters ?? {});
      const record = await requestVerification(context, taskNameParameter(event), kind, tables);
      return { status: 202, body: taskView(record, context.clock.now()) };
    }),
  );
