import { type CreateContext, createTask } from '../commands/create-task.ts';
import { editTask } from '../commands/edit-task.ts';
import { type ApiHandler, apiHandlerWithBody } from './api-handler.ts';
import { editTaskBody } from './request/edit-schema.ts';
import { createTaskBody } from './request/request-schemas.ts';
import { taskNameParameter } from './request/task-name-parameter.ts';
import { createdTaskView, taskView } from './view/task-view.ts';

// Apart from the other routes: what a declaration is checked with is large, and no function brings what it does without.

export const createTaskHandler = (context: CreateContext): ApiHandler =>
  apiHandlerWithBody(context.log, createTaskBody, async ({ signal }, spec) => {
    const record = await createTask(context, spec, signal);
    const headers = { Location: `/tasks/${encodeURIComponent(spec.name)}` };
    return { status: 201, headers, body: createdTaskView(record, context.clock.now()) };
  });

/** What changed is recorded; the worker takes it over in its next window. */
export const editTaskHandler = (context: CreateContext): ApiHandler =>
  apiHandlerWithBody(context.log, editTaskBody, async ({ event, signal }, edit) => {
    const record = await editTask(context, taskNameParameter(event), edit, signal);
    return { status: 202, body: taskView(record, context.clock.now()) };
  });
