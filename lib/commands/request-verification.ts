import type { Clock } from '../clock.ts';
import { CdcError } from '../errors.ts';
import { complain, Rejection } from '../task/rejection.ts';
import type { CheckRequest, TaskRecord } from '../record/task-record.ts';
import { STATE_TRAITS } from '../task/state-traits.ts';
import { taskState } from '../record/task-state.ts';
import { tableKey, tableKeysOf, type TableKey } from '../task/task.ts';
import { type CommandContext, startWorker } from './command-context.ts';
import { showTask } from './read-tasks.ts';

/**
 * Asks the task's worker to compare source and sink at checkpoints, while the task runs; `resync` also repairs
 * differences. `tables`: source tables (`db.table`), undefined for all. A resync also brings back tables that were set
 * aside. TASK_NOT_RUNNING when the task has no worker.
 */
export async function requestVerification(
  context: CommandContext & { readonly clock: Clock },
  name: string,
  kind: CheckRequest['kind'],
  tables: readonly TableKey[] | undefined,
): Promise<TaskRecord> {
  const task = await showTask(context.store, name);
  const { spec, progress } = task;
  const state = taskState(task, context.clock.now());
  const repairs = kind === 'resync' && tables === undefined && state === 'historyLost';
  // A worker compares, so a task without one would compare at some unknown time. Exception: a resync of all tables
  // repairs lost history, and starts a worker.
  if (!STATE_TRAITS[state].hasWork && !repairs)
    throw new CdcError('TASK_NOT_RUNNING', `The task "${name}" is ${state}, so no worker would compare its tables.`);
  const found =
    spec.level === 'table' ? spec.tables.map(({ source }) => tableKey(source)) : tableKeysOf(progress.tables);
  const known = new Set(found);
  const unknown = (tables ?? []).filter((table) => !known.has(table));
  if (unknown.length > 0) {
    const complaints = unknown.map((table) => complain('MAPPING_INVALID', 'tables', `The task has no table ${table}.`));
    throw new Rejection('REQUEST_INVALID', complaints);
  }
  const asked = await context.store.check(name, kind, tables);
  const record = repairs ? await context.store.setDesired(name, 'running') : asked;
  await startWorker(context, name);
  return record;
}
