import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { storeCall } from './store-error.ts';
import type { TaskItem } from './task-item.ts';
import { type TaskTable, taskKey } from './task-table.ts';

/** A consistent read of one task's item. */
export async function readTaskItem({ documents, name }: TaskTable, taskName: string): Promise<TaskItem | undefined> {
  const command = new GetCommand({ TableName: name, Key: taskKey(taskName), ConsistentRead: true });
  return (await storeCall('read the task', () => documents.send(command))).Item;
}
