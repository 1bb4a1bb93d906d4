import { randomBytes } from 'node:crypto';
import { databaseConnectors } from '../../lib/connectors.ts';
import { pinHint } from '../../lib/matrixone/source/history/pins.ts';
import { NO_METRICS } from '../../lib/replication/session/metrics.ts';
import { type Pin, position } from '../../lib/data/position.ts';
import type { Progress } from '../../lib/record/progress.ts';
import type { LoadOrder } from '../../lib/store/load-order.ts';
import { type LoaderReport, runLoader } from '../../lib/replication/load/loader.ts';
import type { RunDeps } from '../../lib/replication/session/run-deps.ts';
import { runTask, type RunReport } from '../../lib/replication/run/run.ts';
import {
  type SinkType,
  type TableMapping,
  type TaskOptions,
  type TaskSpec,
  DEFAULT_OPTIONS,
} from '../../lib/task/task.ts';
import { OPTIONS } from '../../lib/task/option-table.ts';
import { newTaskRecord } from '../../lib/record/new-task-record.ts';
import { newTaskId } from '../../lib/task/task-name.ts';
import { gated, type Gate } from './gate.ts';
import { JumpClock } from './jump-clock.ts';
import { MemoryStore } from './memory-store.ts';
import type { TestServers } from './servers.ts';
import { SqlClient } from './sql-client.ts';
import { watchedSink } from './watched-sink.ts';

/** One task between real databases with names of their own. The store is in memory. */
export class LiveWorld {
  readonly store = new MemoryStore();
  readonly clock = new JumpClock();
  readonly logged: string[] = [];
  /** Called after every window that the sink has whole, before the worker goes on. */
  onWindow: (checkpoint: Pin, window: number) => Promise<void> = () => Promise.resolve();
  /** Gets the orders that workers send to loaders. */
  ordered: (order: LoadOrder) => void = () => undefined;
  /** Where the task's servers are now: a test may move them or make them disappear. */
  reached: (spec: TaskSpec) => TaskSpec = (spec) => spec;
  readonly from = `cdc_from_${randomBytes(4).toString('hex')}`;
  readonly to = this.from.replace('from', 'to');
  readonly source: SqlClient;
  readonly sink: SqlClient;
  readonly sourceUri: string;
  readonly #sinkUri: string;
  readonly #sinkType: SinkType;

  constructor(servers: TestServers, sinkType: SinkType) {
    this.#sinkType = sinkType;
    this.sourceUri = servers.sourceUri;
    this.#sinkUri = sinkType === 'mysql' ? servers.mysqlSinkUri : servers.matrixoneSinkUri;
    this.source = new SqlClient(this.sourceUri);
    this.sink = new SqlClient(this.#sinkUri);
  }

  async open(
    tables: readonly string[],
    definitions: readonly string[],
    options: Partial<TaskOptions> = {},
    spec: Partial<TaskSpec> = {},
  ): Promise<void> {
    await this.source.run(`create database if not exists ${this.from}`, `use ${this.from}`, ...definitions);
    const mappings: TableMapping[] = tables.map((table) => ({
      source: { database: this.from, table },
      sink: { database: this.to, table: `${table}_copy` },
    }));
    const reader = OPTIONS.changeReader.choices.find((one) => one === process.env['CHANGE_READER']);
    const forced = reader === undefined ? {} : { changeReader: reader };
    const now = this.clock.now();
    await this.store.create(
      newTaskRecord(
        newTaskId(now),
        {
          name: 't',
          sourceUri: this.sourceUri,
          sinkType: this.#sinkType,
          sinkUri: this.#sinkUri,
          level: 'table',
          tables: mappings,
          databases: [],
          exclude: [],
          options: { ...DEFAULT_OPTIONS, pollIntervalMs: 50, ...options, ...forced },
          ...spec,
        },
        now,
      ),
    );
  }

  async progress(): Promise<Progress> {
    const record = await this.store.get('t');
    if (record === undefined) throw new Error('The task is gone.');
    if (record.error !== undefined) throw new Error(`The task failed: ${record.error.code} ${record.error.message}`);
    return record.progress;
  }

  async run(
    gate: Gate = () => Promise.resolve(),
    milliseconds = 600_000,
    signal = new AbortController().signal,
  ): Promise<RunReport> {
    const { clock } = this;
    return await runTask(this.#deps(gate), 't', clock.now() + milliseconds, signal);
  }

  /** Runs a loader with an order. */
  async load(order: LoadOrder, gate: Gate = () => Promise.resolve()): Promise<LoaderReport> {
    return await runLoader(this.#deps(gate), order, this.clock.now() + 600_000, new AbortController().signal);
  }

  #deps(gate: Gate): RunDeps {
    const { store, clock, logged } = this;
    const connectors = databaseConnectors;
    const loaders = {
      start: async (order: LoadOrder) => {
        await Promise.resolve();
        this.ordered(order);
      },
    };
    return {
      store: gated(store, 'store', gate),
      connectors: {
        source: (spec: TaskSpec, signal: AbortSignal) =>
          gated(connectors.source(this.reached(spec), signal), 'source', gate),
        sink: (spec: TaskSpec, taskId: string, signal: AbortSignal) =>
          watchedSink(gated(connectors.sink(this.reached(spec), taskId, signal), 'sink', gate), (checkpoint, window) =>
            this.onWindow(checkpoint, window),
          ),
      },
      loaders: gated(loaders, 'loaders', gate),
      clock,
      log: (_level: string, event: string, fields?: object) => {
        logged.push(`${event} ${JSON.stringify(fields)}`);
      },
      metrics: NO_METRICS,
      owner: 'test',
    };
  }

  /** The rows of a table: at the source, now or at a pin (a string names a snapshot), and at the sink. */
  async sides(table: string, pin?: string | Pin): Promise<{ source: string[]; sink: string[] }> {
    const at = pin === undefined ? '' : pinHint(typeof pin === 'string' ? { name: pin, ts: position('0') } : pin);
    return {
      source: await this.source.sorted(`select * from ${this.from}.${table}${at}`),
      sink: await this.sink.sorted(`select * from ${this.to}.${table}_copy`),
    };
  }

  /** Drops the task as a user would, then drops the databases. */
  async close(): Promise<void> {
    this.clock.jump(60_000);
    if ((await this.store.get('t')) !== undefined) {
      await this.store.drop('t');
      await this.run();
    }
    await this.source.run(`drop database if exists ${this.from}`);
    await this.sink.run(`drop database if exists ${this.to}`);
    this.source.close();
    this.sink.close();
  }
}
