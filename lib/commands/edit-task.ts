import { CdcError, isCdcError } from '../errors.ts';
import { preflight } from './preflight.ts';
import type { Complaint } from '../task/rejection.ts';
import { checkSpec } from '../task/check-spec.ts';
import { type TaskEdit, editedSpec } from '../task/edit-spec.ts';
import { newTaskId } from '../task/task-name.ts';
import type { TaskRecord } from '../record/task-record.ts';
import { mappingKey, type TaskSpec } from '../task/task.ts';
import { startWorker } from './command-context.ts';
import { checkEnd, type CreateContext, refuse } from './create-task.ts';
import { showTask } from './read-tasks.ts';

/**
 * Somebody else may edit the task at the same time, or its worker may adopt an edit: then read it again, this often at
 * most.
 */
const TRIES = 3;

/**
 * Changes a running task. The next window loads what the edit adds. Sink tables that the edit takes out stay as they
 * are. Everything else goes on undisturbed. The edit's additions are checked like a new task.
 */
export async function editTask(
  context: CreateContext,
  name: string,
  edit: TaskEdit,
  signal: AbortSignal,
): Promise<TaskRecord> {
  let began: TaskSpec | undefined;
  for (let tries = 1; ; tries += 1) {
    const seen = await showTask(context.store, name);
    began ??= seen.spec;
    if (seen.desired === 'dropping') throw new CdcError('TASK_DROPPING', `The task "${name}" is being dropped.`);
    const spec = editedSpec(seen.spec, edit, began);
    if (JSON.stringify(spec) === JSON.stringify(seen.spec)) return seen;
    const end = spec.options.endTs === seen.spec.options.endTs ? [] : checkEnd(spec, context.clock.now());
    refuse('REQUEST_INVALID', [...checkSpec(spec), ...end]);
    refuse('TASK_REJECTED', await checkNews(context, seen, spec, signal));
    try {
      const record = await context.store.edit(seen, spec);
      await startWorker(context, name);
      return record;
    } catch (error) {
      if (!isCdcError(error, 'TASK_EDIT_CONFLICT') || tries >= TRIES) throw error;
    }
  }
}

/** Checks those parts of source and sink that the edit adds. */
async function checkNews(
  { connectors, clock }: CreateContext,
  { id, spec: old }: TaskRecord,
  spec: TaskSpec,
  signal: AbortSignal,
): Promise<Complaint[]> {
  const moved = old.sourceUri !== spec.sourceUri || old.sinkUri !== spec.sinkUri;
  // A new URI: check all tables. Rows in the sink tables of this task are its own.
  const news: TaskSpec = moved
    ? { ...spec, options: { ...spec.options, existingRows: 'replace' } }
    : additions(old, spec);
  const isNothing = spec.level === 'table' ? news.tables.length === 0 : news.databases.length === 0;
  if (!moved && isNothing) return [];
  const ids = { taskId: id, pinId: newTaskId(clock.now()) };
  return (await preflight(connectors, news, ids, signal)).complaints;
}

function additions(old: TaskSpec, spec: TaskSpec): TaskSpec {
  const tables = new Set(old.tables.map(mappingKey));
  const databases = new Set(old.databases.map(({ source, sink }) => `${source}:${sink}`));
  return {
    ...spec,
    tables: spec.tables.filter((mapping) => !tables.has(mappingKey(mapping))),
    databases: spec.databases.filter(({ source, sink }) => !databases.has(`${source}:${sink}`)),
  };
}
