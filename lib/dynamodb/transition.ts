import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { storeError } from './store-error.ts';
import type { TaskItem } from './task-item.ts';
import { type TaskTable, taskKey } from './task-table.ts';

/** One conditional write. In `update` and `condition`, write `#attribute` for the attribute of that name. */
export interface Transition {
  readonly step: string;
  readonly update: string;
  readonly condition: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/**
 * The result of a conditional write: the new item if it applied, otherwise the item that failed the condition
 * (undefined: no item).
 */
export type TransitionOutcome =
  | { readonly applied: true; readonly item: TaskItem }
  | { readonly applied: false; readonly item: TaskItem | undefined };

export async function transition(table: TaskTable, taskName: string, change: Transition): Promise<TransitionOutcome> {
  try {
    const { Attributes } = await table.documents.send(new UpdateCommand(updateInput(table, taskName, change)));
    return { applied: true, item: Attributes ?? {} };
  } catch (error) {
    return { applied: false, item: refusedItem(change.step, error) };
  }
}

const updateInput = (table: TaskTable, taskName: string, change: Transition): UpdateCommandInput => ({
  TableName: table.name,
  Key: taskKey(taskName),
  UpdateExpression: change.update,
  ConditionExpression: change.condition,
  ExpressionAttributeNames: attributeNames(`${change.update} ${change.condition}`),
  ...(change.values === undefined ? {} : { ExpressionAttributeValues: { ...change.values } }),
  ReturnValues: 'ALL_NEW',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

/** Every attribute gets a placeholder, because DynamoDB reserves many plain words in expressions. */
export const attributeNames = (expressions: string): Record<string, string> =>
  Object.fromEntries([...expressions.matchAll(/#(\w+)/gu)].map(([placeholder, name = '']) => [placeholder, name]));

/** The item that failed the condition, from the error. Any other error is thrown on as STORE_ERROR. */
export function refusedItem(step: string, error: unknown): TaskItem | undefined {
  if (!(error instanceof ConditionalCheckFailedException)) throw storeError(step, error);
  return error.Item === undefined ? undefined : unmarshall(error.Item);
}
