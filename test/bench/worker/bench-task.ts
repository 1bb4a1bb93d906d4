import { newTaskRecord } from '../../../lib/record/new-task-record.ts';
import { newTaskId } from '../../../lib/task/task-name.ts';
import type { TaskRecord } from '../../../lib/record/task-record.ts';
import { DEFAULT_OPTIONS, type TaskOptions, type TaskSpec } from '../../../lib/task/task.ts';
import { type Bench, freshName } from '../topic.ts';

/** A task with the options of one that sets none, save those given here. */
export function benchTask(
  { servers }: Bench,
  selection: Partial<Pick<TaskSpec, 'level' | 'tables' | 'databases'>>,
  options: Partial<TaskOptions> = {},
): TaskRecord {
  const now = Date.now();
  const { sourceUri, sinkUri, sinkType } = servers;
  return newTaskRecord(
    newTaskId(now),
    {
      name: freshName('task'),
      sourceUri,
      sinkType,
      sinkUri,
      level: 'table',
      tables: [],
      databases: [],
      exclude: [],
      ...selection,
      options: { ...DEFAULT_OPTIONS, ...options },
    },
    now,
  );
}
