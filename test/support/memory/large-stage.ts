import { DynamoDbTaskStore } from '../../../lib/dynamodb/dynamodb-task-store.ts';
import { toItem } from '../../../lib/dynamodb/items/task-item.ts';
import { partItems, splitItem } from '../../../lib/dynamodb/items/task-parts.ts';
import { taskList } from '../../../lib/http/view/task-list.ts';
import { EmfTickMetrics } from '../../../lib/metrics/emf-tick-metrics.ts';
import { newProgress } from '../../../lib/record/progress.ts';
import { tick } from '../../../lib/schedule/tick.ts';
import type { TaskItem } from '../../../lib/dynamodb/items/task-key.ts';
import { listedTable } from '../listed-table.ts';
import { taskRecord, taskSpec } from '../task-records.ts';
import type { TaskSpec } from '../../../lib/task/task.ts';

/** A process that ticks over many tasks of many tables, and lists them: `node large-stage.ts TASKS TABLES`. */

const [tasks = 0, tables = 0] = process.argv.slice(2).map(Number);
const nameOf = (number: number): string => `t${100_000 + number}`;

/** The items of a task of so many tables, by their sort keys. */
function sampleItems(): TaskItem[] {
  const names = Array.from({ length: tables }, (_, table) => ({ database: 'production_db', table: `table_${table}` }));
  const progress = {
    ...newProgress(0, 1_000),
    phase: 'window' as const,
    tables: Object.fromEntries(
      names.map(({ table }) => [`production_db.${table}`, { chunks: 9, chunksDone: 9, rows: 9 }]),
    ),
  };
  const spec = taskSpec(SAMPLE, { tables: names.map((table) => ({ source: table, sink: table })) });
  const { meta, parts } = splitItem(toItem(taskRecord(SAMPLE, { spec, progress })), 'new');
  return [meta, ...partItems(SAMPLE, parts)];
}

const SAMPLE = 'sample';
const sample = sampleItems();
/** Made when they are asked for, and copied when they are read: this process is to hold no more than the product does. */
const itemsOf = (name: string): TaskItem[] =>
  sample.map((item) => {
    const spec = item['spec'] as TaskSpec | undefined;
    return { ...item, pk: `TASK#${name}`, ...(spec === undefined ? {} : { spec: { ...spec, name } }) };
  });

const names = { length: tasks, at: nameOf };
const { table, whole, units } = listedTable(names, itemsOf);

let started = 0;
const store = new DynamoDbTaskStore(table);
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
const ticked = units();
// No task has failed, so the list reads all of them.
const none = await taskList(store, { limit: 50, state: ['failed'], next: undefined }, Date.now());
const searched = units() - ticked;
const first = await taskList(store, { limit: 50, state: undefined, next: undefined }, Date.now());
process.stdout.write(
  JSON.stringify({
    ...report,
    started,
    found: none.tasks.length,
    listed: first.tasks.length,
    tablesListed: first.tasks.map(({ tables: { phases } }) => phases.replicating).reduce((a = 0, b = 0) => a + b, 0),
    whole: whole.length,
    units: { tick: ticked, search: searched, page: units() - ticked - searched },
    /** Resident at most, in MiB. */
    peak: Math.round(process.resourceUsage().maxRSS / 1_024),
  }),
);
