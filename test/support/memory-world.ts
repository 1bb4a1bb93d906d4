import { KnownSchemas } from '../../lib/matrixone/source/catalog/known-schemas.ts';
import { SOURCE_MEMBERS, withMembers } from '../../lib/replication/endpoints/members.ts';
import type { Source } from '../../lib/replication/endpoints/source.ts';
import { newTaskRecord } from '../../lib/record/new-task-record.ts';
import type { Clock } from '../../lib/clock.ts';
import type { RunDeps } from '../../lib/replication/session/run-deps.ts';
import type { LoadOrder } from '../../lib/store/load-order.ts';
import { type LoaderReport, runLoader } from '../../lib/replication/load/loader.ts';
import { type Metrics, NO_METRICS } from '../../lib/replication/session/metrics.ts';
import { runTask, type RunReport } from '../../lib/replication/run/run.ts';
import { DEFAULT_OPTIONS, tableKey, type TableName, type TaskOptions, type TaskSpec } from '../../lib/task/task.ts';
import type { TaskRecord } from '../../lib/record/task-record.ts';
import type { WorkerStore } from '../../lib/store/task-store.ts';
import { gated, type Gate } from './gate.ts';
import { memorySink, MemorySinkServer } from './memory-sink.ts';
import { memorySchema, memorySource, MemoryServer } from './memory-source.ts';
import { MemoryStore } from './memory-store.ts';

export const SOURCE_TABLES: TableName[] = ['a', 'b'].map((table) => ({ database: 'shop', table }));
const TASK_ID = '019a0000-0000-7000-8000-000000000001';

/** Real time that a test can move forward. Every sleep is short, whatever was asked for. */
export class TestClock implements Clock {
  #ahead = 0;

  now(): number {
    return Date.now() + this.#ahead;
  }

  jump(milliseconds: number): void {
    this.#ahead += milliseconds;
  }

  async sleep(_milliseconds: number, signal?: AbortSignal): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    signal?.throwIfAborted();
  }
}

/** The source as MatrixOne's is: it does not ask its server twice for shapes and schemas that it knows. */
function knowing(source: Source): Source {
  const known = new KnownSchemas(source);
  return withMembers(source, SOURCE_MEMBERS, {
    shapes: (tables, at) => known.shapes(tables, at),
    describe: (table, at) => known.describe(table, at),
  });
}

/** A whole deployment in memory: one task over two tables. */
export class MemoryWorld {
  readonly source = new MemoryServer();
  readonly sink = new MemorySinkServer();
  readonly clock: Clock & { jump(milliseconds: number): void };
  readonly store: MemoryStore;
  readonly logged: string[] = [];
  metrics: Metrics = NO_METRICS;
  /** Gets the orders that workers send to loaders. */
  ordered: (order: LoadOrder) => void = () => undefined;
  /** Stands between the worker and its store. */
  storeAs: (store: WorkerStore) => WorkerStore = (store) => store;
  readonly #options: TaskOptions;
  readonly #spec: Partial<TaskSpec>;
  #workers = 0;

  constructor(
    options: Partial<TaskOptions> = {},
    spec: Partial<TaskSpec> = {},
    clock: Clock & { jump(milliseconds: number): void } = new TestClock(),
  ) {
    this.clock = clock;
    this.store = new MemoryStore(clock);
    this.sink.now = () => clock.now();
    this.#spec = spec;
    this.#options = { ...DEFAULT_OPTIONS, mode: 'tick', chunkRows: 2, transactionRows: 3, ...options };
    for (const table of SOURCE_TABLES) this.source.create(memorySchema(table));
  }

  async createTask(): Promise<void> {
    await this.store.create(taskRecord(this.#options, this.clock.now(), this.#spec));
  }

  async task(): Promise<TaskRecord> {
    const record = await this.store.get('t');
    if (record === undefined) throw new Error('The task is gone.');
    return record;
  }

  /** Runs a worker. `gate` stands between the worker and everything outside its process. */
  async run(
    gate: Gate = () => Promise.resolve(),
    milliseconds = 5_000,
    signal = new AbortController().signal,
  ): Promise<RunReport> {
    const deps = this.#deps(gate);
    return await runTask(deps, 't', this.clock.now() + milliseconds, signal);
  }

  /**
   * Runs a continuous task until it has looked three times and found nothing. This does not depend on the machine: on a
   * slow one, a deadline of some milliseconds may come before the worker has done anything.
   */
  async runUntilIdle(gate: Gate = () => Promise.resolve()): Promise<RunReport> {
    const idle = new AbortController();
    let looks = 0;
    const looking: Gate = async (call, when) => {
      await gate(call, when);
      if (call === 'store.saveProgress') looks = 0;
      if (call === 'source.changedSince' && when === 'after') looks += 1;
      if (looks === 3) idle.abort(new Error('Idle.'));
    };
    return await this.run(looking, 600_000, idle.signal);
  }

  /** Runs a loader with an order. */
  async load(
    order: LoadOrder,
    gate: Gate = () => Promise.resolve(),
    milliseconds = 600_000,
    signal = new AbortController().signal,
  ): Promise<LoaderReport> {
    return await runLoader(this.#deps(gate), order, this.clock.now() + milliseconds, signal);
  }

  #deps(gate: Gate): RunDeps {
    this.#workers += 1;
    const loaders = {
      start: async (order: LoadOrder) => {
        await Promise.resolve();
        this.ordered(order);
      },
    };
    return {
      store: this.storeAs(gated<WorkerStore>(this.store, 'store', gate)),
      connectors: {
        source: ({ options }: TaskSpec) => knowing(gated(memorySource(this.source, options), 'source', gate)),
        sink: (_spec: unknown, taskId: string) => gated(memorySink(this.sink, taskId), 'sink', gate),
      },
      loaders: gated(loaders, 'loaders', gate),
      clock: this.clock,
      log: (_level: string, event: string, fields?: object) => {
        this.logged.push(`${event} ${JSON.stringify(fields)}`);
      },
      metrics: this.metrics,
      owner: `worker ${this.#workers}`,
    };
  }

  sourceRows = (table: TableName): string[] => contents(this.source.tables.get(tableKey(table)));

  sinkRows = (table: TableName): string[] =>
    contents(this.sink.tables.get(tableKey({ database: 'copy', table: table.table })));
}

const contents = (rows: ReadonlyMap<string, readonly (Buffer | null)[]> | undefined): string[] =>
  [...(rows ?? new Map<string, readonly (Buffer | null)[]>()).values()].map((row) => row.map(String).join('=')).sort();

const taskRecord = (options: TaskOptions, now: number, spec: Partial<TaskSpec>): TaskRecord =>
  newTaskRecord(
    TASK_ID,
    {
      name: 't',
      sourceUri: 'mysql://root:secret@source:6001',
      sinkType: 'matrixone',
      sinkUri: 'mysql://root:secret@sink:6001',
      level: 'table',
      tables: SOURCE_TABLES.map((source) => ({ source, sink: { database: 'copy', table: source.table } })),
      databases: [],
      exclude: [],
      options,
      ...spec,
    },
    now,
  );
