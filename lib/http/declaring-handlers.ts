import { type CreateContext, createTask } from '../commands/create-task.ts';
import { editTask } from '../commands/edit-task.ts';
import { type ApiHandler, apiHandlerWithBody } from './api-handler.ts';
import { audited } from './audit.ts';
import { editTaskBody } from './request/edit-schema.ts';
import { createTaskBody } from './request/request-schemas.ts';
import { taskNameParameter } from './request/task-name-parameter.ts';
import { createdTaskView, taskView } from './view/task-view.ts';

// These routes have a file of their own because the schemas of a declaration are large. No other function bundles them.

export const createTaskHandler = (context: CreateContext): ApiHandler =>
  audited(
    context.log,
    'create',
    apiHandlerWithBody(context.log, createTaskBody, async ({ signal }, spec) => {
      const record = await createTask(context, spec, signal);
      const headers = { Location: `/tasks/${encodeURIComponent(spec.name)}` };
      return { status: 201, headers, body: createdTaskView(record, context.clock.now()) };
    }),
  );

/** Edit. The handler records the new declaration; a worker adopts it in its next window. */
export const editTaskHandler = (context: CreateContext): ApiHandler =>
  audited(
    context.log,
    'edit',
    apiHandlerWithBody(context.log, editTaskBody, async ({ event, signal }, edit) => {
      const record = await editTask(context, taskNameParameter(event), edit, signal);
      return { status: 202, body: taskView(record, context.clock.now()) };
    }),
  );
