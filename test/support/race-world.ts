import { NO_METRICS } from '../../lib/replication/session/metrics.ts';
import type { TaskStore, WorkerStore } from '../../lib/store/task-store.ts';
import { createTaskHandler } from '../../lib/http/declaring-handlers.ts';
import { controlTaskHandler, dropTaskHandler, showTaskHandler } from '../../lib/http/task-handlers.ts';
import type { RunDeps } from '../../lib/replication/session/run-deps.ts';
import { runTask } from '../../lib/replication/run/run.ts';
import type { CreateContext } from '../../lib/commands/create-task.ts';
import { startWorkers } from '../../lib/schedule/start-workers.ts';
import type { TableName, TaskSpec } from '../../lib/task/task.ts';
import { type Answer, send } from './api-events.ts';
import { gated, type Gate } from './gate.ts';
import { memorySink, MemorySinkServer } from './memory-sink.ts';
import { memorySchema, memorySource, MemoryServer } from './memory-source.ts';
import type { TestClock } from './memory-world.ts';
import type { Call, Command, Desired } from './serial-outcomes.ts';

export const NAME = 'orders_sync';
const TABLE: TableName = { database: 'shop', table: 'orders' };
const COPY = 'copy.orders';
const BODY = {
  taskName: NAME,
  sourceUri: 'mysql://root:secret@source.example:6001',
  sinkType: 'matrixone',
  sinkUri: 'mysql://root:secret@sink.example:6001',
  tables: [{ source: 'shop.orders', sink: COPY }],
  options: { mode: 'tick', existingRows: 'replace' },
};
/** Longer than the clock of any test runs, so that a worker ends only when it has nothing to do. */
const INVOCATION = 900_000;

export type Stores = TaskStore & WorkerStore;

/**
 * Clients that send commands for one task name to the API, and the workers that these start. All of them run at the
 * same time.
 */
export class RaceWorld {
  readonly source = new MemoryServer();
  readonly sink = new MemorySinkServer();
  readonly clock: TestClock;
  readonly calls: Call[] = [];
  /** Workers that have not ended yet. */
  readonly working = new Set<string>();
  readonly #store: Stores;
  readonly #gate: (actor: string) => Gate;
  #actors = 0;
  #moment = 0;
  #rows = 0;

  constructor(store: Stores, clock: TestClock, gate: (actor: string) => Gate) {
    this.#store = store;
    this.#gate = gate;
    this.clock = clock;
    this.sink.now = () => clock.now();
    this.source.create(memorySchema(TABLE));
    this.write();
  }

  /** Writes to the source. */
  write(): void {
    this.#rows += 1;
    this.source.put(TABLE, String(this.#rows), `row ${this.#rows}`);
    this.source.put(TABLE, '1', `changed ${this.#rows} times`);
  }

  async command(client: string, command: Command): Promise<void> {
    const begun = (this.#moment += 1);
    const answer = await this.#send(this.#context(client), command);
    const ended = (this.#moment += 1);
    this.calls.push({ command, begun, ended, ...told(answer) });
  }

  /** The tick that the schedule sends every minute. */
  async tick(actor: string): Promise<void> {
    await startWorkers(this.#context(actor), new AbortController().signal);
  }

  /** Everything that source and sink still keep for tasks that are gone. */
  async leftovers(): Promise<Record<'pins' | 'fences' | 'chunks' | 'places', number>> {
    const id = (await this.#store.get(NAME))?.id;
    const gone = (key: string): boolean => key !== id;
    const pin = (name: string): boolean => id === undefined || !name.startsWith(`mo_cdc_${id.replaceAll('-', '')}_`);
    return {
      pins: [...this.source.snapshots.keys()].filter(pin).length,
      fences: [...this.sink.fences.keys()].filter(gone).length,
      chunks: [...this.sink.chunks.keys()].filter(gone).length,
      places: [...this.sink.places.keys()].filter(gone).length,
    };
  }

  sourceRows = (): string[] => rowsOf(this.source.tables.get('shop.orders'));
  sinkRows = (): string[] => rowsOf(this.sink.tables.get(COPY));

  #context(actor: string): CreateContext {
    const gate = this.#gate(actor);
    return {
      store: gated(this.#store, 'store', gate),
      starter: gated({ start: (name: string) => this.#startWorker(name) }, 'starter', gate),
      connectors: this.#connectors(gate),
      clock: this.clock,
      log: () => undefined,
    };
  }

  #send(context: CreateContext, command: Command): Promise<Answer> {
    switch (command) {
      case 'create':
        return send(createTaskHandler(context), { body: BODY });
      case 'show':
        return send(showTaskHandler(context), { name: NAME });
      case 'drop':
        return send(dropTaskHandler(context), { name: NAME });
      case 'pause':
      case 'resume':
      case 'restart':
        return send(controlTaskHandler(context, command), { name: NAME });
    }
  }

  #connectors(gate: Gate): RunDeps['connectors'] {
    return {
      source: ({ options }: TaskSpec) => gated(memorySource(this.source, options), 'source', gate),
      sink: (_spec: unknown, taskId: string) => gated(memorySink(this.sink, taskId), 'sink', gate),
    };
  }

  #startWorker(name: string): Promise<void> {
    this.#actors += 1;
    const owner = `worker ${this.#actors}`;
    const gate = this.#gate(owner);
    const deps: RunDeps = {
      store: gated(this.#store, 'store', gate),
      connectors: this.#connectors(gate),
      loaders: { start: () => Promise.resolve() },
      metrics: NO_METRICS,
      // Sleeping passes the gate like any call, so that a killed worker stops watching.
      clock: { now: () => this.clock.now(), sleep: (ms, signal) => this.#sleep(gate, ms, signal) },
      log: () => undefined,
      owner,
    };
    this.working.add(owner);
    const run = runTask(deps, name, this.clock.now() + INVOCATION, new AbortController().signal);
    void run.catch(() => undefined).finally(() => this.working.delete(owner));
    return Promise.resolve();
  }

  async #sleep(gate: Gate, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const aborted = new Promise((_, reject) => {
      signal?.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
    aborted.catch(() => undefined);
    await Promise.race([aborted, gate('clock.sleep', 'before')]);
    this.clock.jump(Math.min(milliseconds, 1_000) / 100);
    signal?.throwIfAborted();
  }
}

function told({ status, body }: Answer): Pick<Call, 'status' | 'code' | 'desired' | 'id'> {
  const { state, code, id } = body as { state?: string; code?: string; id?: string };
  return { status, code, desired: state === undefined ? undefined : desiredOf(state), id };
}

function desiredOf(state: string): Desired {
  if (state === 'dropping') return 'dropping';
  return state === 'paused' || state === 'pausing' ? 'paused' : 'running';
}

const rowsOf = (rows: ReadonlyMap<string, readonly (Buffer | null)[]> | undefined): string[] =>
  [...(rows?.values() ?? [])].map((row) => row.map(String).join('=')).sort();
