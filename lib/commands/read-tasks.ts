import { CdcError } from '../errors.ts';
import type { TaskRecord } from '../record/task-record.ts';
import type { TaskStore } from '../store/task-store.ts';

export async function showTask(store: TaskStore, name: string): Promise<TaskRecord> {
  const record = await store.get(name);
  if (record === undefined) throw new CdcError('TASK_NOT_FOUND', `There is no task named "${name}".`);
  return record;
}
