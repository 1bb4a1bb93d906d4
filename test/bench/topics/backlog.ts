import { databaseConnectors } from '../../../lib/connectors.ts';
import { systemClock } from '../../../lib/clock.ts';
import { runTask } from '../../../lib/replication/run/run.ts';
import { NO_METRICS } from '../../../lib/replication/session/metrics.ts';
import type { TaskRecord } from '../../../lib/record/task-record.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { createFilled, SHAPE } from '../dataset.ts';
import { COMPARED, compared, inRounds, type Side } from '../rounds.ts';
import { median } from '../statistics.ts';
import { type Bench, freshName, makeDatabase, type Report, type Topic } from '../topic.ts';
import { benchTask } from '../worker/bench-task.ts';

const SECOND = 1_000;
/** Seconds that an invocation may take. Lambda's limit is 15 minutes: a table would have to be 45 times as large. */
const SHORT = 20;
const LONG = 24 * 3_600;
/** Far more than any table that fits a test machine takes. */
const MOST_INVOCATIONS = 1_000;
const ROUNDS = 2;

export const backlog: Topic = {
  name: 'backlog',
  summary: 'all rows change while a task is away: invocations of 20 seconds against a single long one',
  run: async (bench) => {
    const reports: Report[] = [];
    for (const rows of bench.options.rows ?? [1_000_000]) reports.push(await backlogOf(bench, rows));
    return reports;
  },
};

async function backlogOf(bench: Bench, rows: number): Promise<Report> {
  const [from, to] = [freshName('from'), freshName('to')];
  const dropSource = await makeDatabase(bench, bench.source, from);
  const dropSink = bench.cleanup.add(() => bench.sink.run(`drop database if exists ${to}`));
  bench.tell(`filling a table of ${rows} rows …`);
  await createFilled(bench.servers.sourceUri, `${from}.t`, rows);
  const tables = [{ source: { database: from, table: 't' }, sink: { database: to, table: 't' } }];
  const task = await BenchedTask.create(benchTask(bench, { tables }, { mode: 'tick' }));
  const dropTask = bench.cleanup.add(() => task.drop());
  bench.tell('first copy …');
  await task.invoke(LONG);
  const counts = new Map<number, number[]>([SHORT, LONG].map((limit) => [limit, []]));
  let stamp = 0;
  const sideOf = (name: string, limit: number): Side => ({
    name,
    measure: async () => {
      stamp -= 1;
      await bench.source.run(`update ${from}.t set n = ${stamp}`);
      const begun = performance.now();
      counts.get(limit)?.push(await invocations(task, limit));
      const seconds = (performance.now() - begun) / SECOND;
      const arrived = await bench.sink.number(`select count(*) from ${to}.t where n = ${stamp}`);
      if (arrived !== rows) throw new Error(`The sink has ${arrived} of ${rows} changed rows.`);
      return seconds;
    },
  });
  const rounds = bench.options.rounds ?? ROUNDS;
  const sides = [sideOf(`invocations of ${SHORT} s`, SHORT), sideOf('one invocation', LONG)];
  const measured = await inRounds(sides, rounds, bench.tell);
  for (const step of [dropTask, dropSource, dropSink]) await step();
  return {
    question: `all of ${rows} rows are updated while the task is away: how long until the sink has them?`,
    columns: [...COMPARED, 'invocations'],
    rows: compared(measured, rows).map((line, i) => [
      ...line,
      String(median(counts.get(i === 0 ? SHORT : LONG) ?? [])),
    ]),
    conditions: [
      `${rows} ${SHAPE}; one UPDATE of all; ${rounds} rounds, in turn`,
      'mode tick, default options, store in memory, no loaders, in the process that reports; invocations follow each other at once',
    ],
  };
}

/** Invokes the task until nothing is left of its window; how often. */
async function invocations(task: BenchedTask, limit: number): Promise<number> {
  const before = (await task.record()).progress.window;
  for (let count = 1; count <= MOST_INVOCATIONS; count++) {
    await task.invoke(limit);
    if ((await task.record()).progress.window > before) return count;
  }
  throw new Error(`The window was not applied in ${MOST_INVOCATIONS} invocations.`);
}

/** A task that is run in this process, one invocation after another. */
class BenchedTask {
  readonly #store = new MemoryStore();
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  static async create(record: TaskRecord): Promise<BenchedTask> {
    const task = new BenchedTask(record.spec.name);
    await task.#store.create(record);
    return task;
  }

  /** `limit`: seconds. */
  async invoke(limit: number): Promise<void> {
    const deps = {
      store: this.#store,
      connectors: databaseConnectors,
      loaders: { start: () => Promise.resolve() },
      clock: systemClock,
      log: () => undefined,
      metrics: NO_METRICS,
      owner: `bench/${process.pid}`,
    };
    await runTask(deps, this.#name, systemClock.now() + limit * SECOND, new AbortController().signal);
    const { error } = (await this.#store.get(this.#name)) ?? {};
    if (error !== undefined) throw new Error(`${error.code}: ${error.message}`);
  }

  async record(): Promise<TaskRecord> {
    const record = await this.#store.get(this.#name);
    if (record === undefined) throw new Error('The task is gone.');
    return record;
  }

  async drop(): Promise<void> {
    if ((await this.#store.get(this.#name)) === undefined) return;
    await this.#store.drop(this.#name);
    await this.invoke(LONG);
  }
}
