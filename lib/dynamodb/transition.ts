import { setTimeout as delay } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { ITEM_VERSION, KNOWN_VERSION, refuseNewer } from './items/item-version.ts';
import { storeError } from './store-error.ts';
import { type TaskTable } from './task-table.ts';
import { taskKey, type TaskItem } from './items/task-key.ts';

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
    const input: UpdateCommandInput = { ...updateInput(table, taskName, change), ReturnValues: 'ALL_NEW' };
    const { Attributes } = await despiteConflicts(() => table.documents.send(new UpdateCommand(input)));
    return { applied: true, item: Attributes ?? {} };
  } catch (error) {
    return { applied: false, item: refusedMeta(change.step, error) };
  }
}

/** As TransitionOutcome, but a transaction does not return the new item. */
export interface TogetherOutcome {
  readonly applied: boolean;
  readonly item: TaskItem | undefined;
}

/** The same write together with others, all or none. */
export async function transitionWith(
  table: TaskTable,
  taskName: string,
  change: Transition,
  puts: readonly TaskItem[],
): Promise<TogetherOutcome> {
  const TransactItems = [
    { Update: updateInput(table, taskName, change) },
    ...puts.map((Item) => ({ Put: { TableName: table.name, Item } })),
  ];
  try {
    await despiteConflicts(() => table.documents.send(new TransactWriteCommand({ TransactItems })));
    return { applied: true, item: undefined };
  } catch (error) {
    return { applied: false, item: refusedMeta(change.step, error) };
  }
}

/** The item that refused the write; STORE_NEWER if it did so because a newer version of the product wrote it. */
function refusedMeta(step: string, error: unknown): TaskItem | undefined {
  const item = refusedItem(step, error);
  if (item !== undefined) refuseNewer(item);
  return item;
}

const updateInput = (table: TaskTable, taskName: string, change: Transition) => {
  const condition = `(${change.condition}) AND ${KNOWN_VERSION}`;
  return {
    TableName: table.name,
    Key: taskKey(taskName),
    UpdateExpression: change.update,
    ConditionExpression: condition,
    ExpressionAttributeNames: attributeNames(`${change.update} ${condition}`),
    ExpressionAttributeValues: { ...change.values, ':knownVersion': ITEM_VERSION },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
};

/** Every attribute gets a placeholder, because DynamoDB reserves many plain words in expressions. */
export const attributeNames = (expressions: string): Record<string, string> =>
  Object.fromEntries([...expressions.matchAll(/#(\w+)/gu)].map(([placeholder, name = '']) => [placeholder, name]));

/** The item that failed the condition, from the error. Any other error is thrown on as STORE_ERROR. */
export function refusedItem(step: string, error: unknown): TaskItem | undefined {
  if (error instanceof ConditionalCheckFailedException)
    return error.Item === undefined ? undefined : unmarshall(error.Item);
  if (error instanceof TransactionCanceledException) {
    const refused = error.CancellationReasons?.find(({ Code }) => Code === 'ConditionalCheckFailed');
    if (refused !== undefined) return refused.Item === undefined ? undefined : unmarshall(refused.Item);
  }
  throw storeError(step, error);
}

/** A write to an item is refused while a transaction writes it. The SDK does not repeat such a write. */
const CONFLICT_TRIES = 10;
const CONFLICT_WAIT_MS = 20;

/** Runs a write, and repeats it while a transaction is in its way. */
export async function despiteConflicts<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (!isConflict(error) || tries === CONFLICT_TRIES) throw error;
      await delay(CONFLICT_WAIT_MS * tries * (0.5 + Math.random()));
    }
  }
}

function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  return codes.includes('TransactionConflict') && !codes.includes('ConditionalCheckFailed');
}
