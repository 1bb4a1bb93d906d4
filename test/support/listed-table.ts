import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { TaskItem } from '../../lib/dynamodb/items/task-key.ts';
import type { TaskTable } from '../../lib/dynamodb/task-table.ts';

/** What tests listen to and change while tasks are listed. */
export interface ListedTable {
  readonly table: TaskTable;
  /** The partition keys of tasks of which all items were asked for. */
  readonly whole: string[];
  /** How many whole tasks were asked for at once, at most. */
  readonly atOnce: () => number;
  /** Units of the reads of items: one for each 4 KB or part of it, of each item of a batch, and of a whole query. */
  readonly units: () => number;
}

interface Behaviour {
  /** True for a partition key that the table throttles. */
  readonly refuses?: (pk: string) => boolean;
  /** So many keys of a batch are answered, and the others left for the next one. */
  readonly answers?: (asked: number) => number;
}

const UNIT = 4_096;
const unitsOf = (items: readonly TaskItem[]): number =>
  Math.ceil(items.reduce((sum, item) => sum + sizeOf(item), 0) / UNIT);
/** About what DynamoDB counts: names and values. */
const sizeOf = (item: TaskItem): number => JSON.stringify(marshall(item, { removeUndefinedValues: true })).length;

/**
 * A table that answers what a list asks with copies: pages of the index, batches of items, and whole tasks. `names`: in
 * their order; `itemsOf`: the items of a task, made when they are asked for.
 */
export function listedTable(
  names: { readonly length: number; readonly at: (index: number) => string },
  itemsOf: (name: string) => readonly TaskItem[],
  { refuses = () => false, answers = (asked) => asked }: Behaviour = {},
): ListedTable {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'none' }));
  const whole: string[] = [];
  let [asked, most, units] = [0, 0, 0];
  const nameIn = (pk: unknown): string => String(pk).slice('TASK#'.length);
  const refuse = (pk: string): void => {
    if (refuses(pk)) throw Object.assign(new Error('No.'), { name: 'ThrottlingException' });
  };

  const page = ({
    ExpressionAttributeValues: values = {},
    ExclusiveStartKey: from,
    Limit = 0,
  }: QueryCommand['input']) => {
    const after = values[':after'] === undefined ? '' : nameIn(values[':after']);
    let start = Number(from?.['at'] ?? 0);
    while (start < names.length && names.at(start) <= after) start += 1;
    const end = Math.min(start + Limit, names.length);
    const Items = Array.from({ length: end - start }, (_, i) => ({ pk: `TASK#${names.at(start + i)}` }));
    return { Items, ...(end < names.length ? { LastEvaluatedKey: { at: end } } : {}) };
  };
  const task = async (pk: string) => {
    whole.push(pk);
    [asked, most] = [asked + 1, Math.max(most, asked + 1)];
    await Promise.resolve();
    asked -= 1;
    refuse(pk);
    const Items = structuredClone(itemsOf(nameIn(pk)));
    units += unitsOf(Items);
    return { Items };
  };
  const batch = ({ RequestItems = {} }: BatchGetCommand['input']) => {
    const [[table, { Keys = [] }] = ['', {}]] = Object.entries(RequestItems);
    if (Keys.length > 100) throw new Error('More keys than DynamoDB takes.');
    const answered = Keys.slice(0, answers(Keys.length));
    const found = answered.flatMap(({ pk, sk }) => {
      refuse(String(pk));
      return itemsOf(nameIn(pk)).filter((item) => item['sk'] === sk);
    });
    for (const item of found) units += unitsOf([item]);
    const left = Keys.slice(answered.length);
    return {
      Responses: { [table]: structuredClone(found) },
      UnprocessedKeys: left.length === 0 ? {} : { [table]: { Keys: left } },
    };
  };
  const send = async (command: unknown): Promise<unknown> => {
    await Promise.resolve();
    if (command instanceof BatchGetCommand) return batch(command.input);
    if (!(command instanceof QueryCommand)) throw new Error('Not expected');
    if (command.input.IndexName !== undefined) return page(command.input);
    return await task(String(command.input.ExpressionAttributeValues?.[':pk']));
  };
  Object.assign(documents, { send });
  return { table: { documents, name: 'tasks' }, whole, atOnce: () => most, units: () => units };
}
