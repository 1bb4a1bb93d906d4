import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { storeCall } from './store-error.ts';
import type { TaskItem } from './items/task-key.ts';
import type { TaskTable } from './task-table.ts';

/** All items with this partition key, page by page. `step` names the call in an error. */
export async function queryPartition(
  { documents, name }: TaskTable,
  step: string,
  pk: string,
  ConsistentRead: boolean,
): Promise<TaskItem[]> {
  return await storeCall(step, async () => {
    const pages = paginateQuery(
      { client: documents },
      {
        TableName: name,
        ConsistentRead,
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': 'pk' },
        ExpressionAttributeValues: { ':pk': pk },
      },
    );
    const items: TaskItem[] = [];
    for await (const { Items = [] } of pages) items.push(...Items);
    return items;
  });
}
