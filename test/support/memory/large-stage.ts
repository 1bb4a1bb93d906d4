import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { DynamoDbTaskStore } from '../../../lib/dynamodb/dynamodb-task-store.ts';
import { toItem } from '../../../lib/dynamodb/items/task-item.ts';
import { partItems, splitItem } from '../../../lib/dynamodb/items/task-parts.ts';
import { taskList } from '../../../lib/http/view/task-list.ts';
import { EmfTickMetrics } from '../../../lib/metrics/emf-tick-metrics.ts';
import { newProgress } from '../../../lib/record/progress.ts';
import { tick } from '../../../lib/schedule/tick.ts';
import { taskRecord, taskSpec } from '../task-records.ts';

/** A process that ticks over many tasks of many tables, and lists them: `node large-stage.ts TASKS TABLES`. */

const [tasks = 0, tables = 0] = process.argv.slice(2).map(Number);
const nameOf = (number: number): string => `t${100_000 + number}`;

/** The items of a task, made when they are asked for: this process is to hold no more than the product does. */
function itemsOf(name: string): object[] {
  const names = Array.from({ length: tables }, (_, table) => ({ database: 'production_db', table: `table_${table}` }));
  const progress = {
    ...newProgress(0, 1_000),
    phase: 'window' as const,
    tables: Object.fromEntries(
      names.map(({ table }) => [`production_db.${table}`, { chunks: 9, chunksDone: 9, rows: 9 }]),
    ),
  };
  const spec = taskSpec(name, { tables: names.map((table) => ({ source: table, sink: table })) });
  const { meta, parts } = splitItem(toItem(taskRecord(name, { spec, progress })), 'new');
  return structuredClone([meta, ...partItems(name, parts)].map((item) => JSON.parse(JSON.stringify(item)) as object));
}

const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'none' }));
Object.assign(documents, {
  send: async (command: unknown) => {
    await Promise.resolve();
    if (!(command instanceof QueryCommand)) throw new Error('Not expected.');
    const { IndexName, ExpressionAttributeValues: values = {}, ExclusiveStartKey: from, Limit = 0 } = command.input;
    if (IndexName === undefined) return { Items: itemsOf(String(values[':pk']).slice('TASK#'.length)) };
    const start = Number(from?.['at'] ?? 0);
    const Items = Array.from({ length: Math.min(Limit, tasks - start) }, (_, i) => ({
      pk: `TASK#${nameOf(start + i)}`,
    }));
    return { Items, ...(start + Limit < tasks ? { LastEvaluatedKey: { at: start + Limit } } : {}) };
  },
});

let started = 0;
const store = new DynamoDbTaskStore({ documents, name: 'tasks' });
const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
const report = await tick(
  {
    store,
    starter: {
      start: () => {
        started += 1;
        return Promise.resolve();
      },
    },
    clock,
    log: () => undefined,
    metrics: new EmfTickMetrics({ stage: 'large', clock, perTask: false, write: () => undefined }),
    unreadable: () => 0,
  },
  new AbortController().signal,
);
// No task has failed, so the list reads all of them.
const page = await taskList(store, { limit: 50, state: ['failed'], next: undefined }, Date.now());
process.stdout.write(JSON.stringify({ ...report, started, listed: page.tasks.length }));
