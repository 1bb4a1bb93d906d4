import { randomUUID } from 'node:crypto';
import { CdcError, isCdcError } from '../../errors.ts';
import type { TaskRecord } from '../../record/task-record.ts';
import { tableKey, type TableMapping, type TableKey } from '../../task/task.ts';
import { ChunkLoader, type LoaderEndpoints } from '../chunks/chunk-loader.ts';
import { ChunkQueue } from '../chunks/chunk-queue.ts';
import { forEachConcurrently } from '../../concurrency/concurrently.ts';
import { LANES } from './load-table.ts';
import type { LoadOrder } from '../../store/load-order.ts';
import { LOOK_AGAIN_MS, PLACE_TTL_MS } from './load-timing.ts';
import { causeOf, isEnd, LoaderWatch, loaderFields, readLoad } from './loader-watch.ts';
import { loadedTables } from '../tables/loaded-tables.ts';
import { type Counts, NO_COUNTS } from '../session/metrics.ts';
import { Reporter } from '../session/reporter.ts';
import type { LoaderDeps } from '../session/run-deps.ts';
import type { ClaimedChunk, SinkPlaces } from '../endpoints/chunk-plans.ts';
import type { SinkFence } from '../endpoints/sink.ts';
import type { SourceCatalog } from '../endpoints/source.ts';
import { StopRequested } from '../session/stop.ts';
import { TableError } from '../../data/table-error.ts';

export type LoaderOutcome =
  | 'void' // the load is over, or another worker has the lease
  | 'taken' // another loader has the place: the order came twice
  | 'ended'; // nothing was left to claim, the load was over, or the deadline came

export interface LoaderReport {
  readonly outcome: LoaderOutcome;
  readonly chunks: number;
  readonly rows: number;
}

/**
 * A loader ends when it finds nothing to claim for this long: its worker calls others if it needs them. Milliseconds.
 */
const IDLE_LOADER_MS = 5_000;
/** A loader gives up after this many errors in a row, without a chunk in between. */
const TRIES = 5;
const LONGEST_WAIT_MS = 10_000;

/**
 * Runs one loader: it takes part in the load of the worker that holds the task's lease. It writes chunks and nothing
 * else: no progress, no error of the task. If a chunk cannot be loaded, the worker meets the same error and records it.
 * `deadline` in milliseconds since 1970. Throws when the loader cannot work at all.
 */
export async function runLoader(
  deps: LoaderDeps,
  order: LoadOrder,
  deadline: number,
  signal: AbortSignal,
): Promise<LoaderReport> {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort(new StopRequested('deadline'));
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const record = await readLoad(deps, order);
    const { connectors } = deps;
    const source = connectors.source(record.spec, controller.signal);
    const sink = connectors.sink(record.spec, order.key.id, controller.signal);
    try {
      return await takePart(deps, order, record, { source, sink }, deadline, controller);
    } finally {
      await Promise.allSettled([source.close(), sink.close()]);
    }
  } catch (error) {
    const cause = causeOf(controller.signal, error);
    // Another epoch holds the fence: the next look at the store would tell the same.
    if (isEnd(cause) || isCdcError(cause, 'FENCED')) return { outcome: 'void', chunks: 0, rows: 0 };
    throw cause;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function takePart(
  deps: LoaderDeps,
  order: LoadOrder,
  record: TaskRecord,
  ends: LoaderEnds,
  deadline: number,
  controller: AbortController,
): Promise<LoaderReport> {
  const { sink } = ends;
  const owner = `${deps.owner} ${randomUUID()}`;
  await sink.join(order.key.epoch);
  if (!(await sink.holdPlace(order.place, owner, PLACE_TTL_MS))) return { outcome: 'taken', chunks: 0, rows: 0 };
  const reporter = new Reporter(deps.metrics, deps.clock, () => loaderFields(order));
  const counted = { ...NO_COUNTS };
  const report = (): void => {
    reporter.report(counted, false);
  };
  const watch = new LoaderWatch({ deps, order, record, sink, owner, controller, report });
  const loader = new Loader({ deps, record, ends, owner, watch, order, deadline, signal: controller.signal, counted });
  try {
    await loader.run();
  } catch (error) {
    const cause = causeOf(controller.signal, error);
    if (!isEnd(cause)) throw cause;
  } finally {
    await watch.stop();
    reporter.report(counted, true);
    // Frees the chunks that the loader claimed. If this fails, they are free when its place runs out.
    await sink.holdPlace(order.place, owner, 0).catch(() => undefined);
  }
  return { outcome: 'ended', ...loader.counts };
}

/** The calls that a loader may make: it describes and reads tables, and writes chunks; nothing else. */
interface LoaderEnds {
  readonly source: LoaderEndpoints['source'] & SourceCatalog;
  readonly sink: LoaderEndpoints['sink'] & Pick<SinkFence, 'join'> & SinkPlaces;
}

interface LoaderParts {
  readonly deps: LoaderDeps;
  readonly record: TaskRecord;
  readonly ends: LoaderEnds;
  /** Names the loader that holds the place. */
  readonly owner: string;
  readonly watch: LoaderWatch;
  readonly order: LoadOrder;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** The counts that are reported. */
  readonly counted: Counts;
}

class Loader {
  readonly counts = { chunks: 0, rows: 0 };
  readonly #deps: LoaderDeps;
  readonly #record: TaskRecord;
  readonly #ends: LoaderEnds;
  readonly #watch: LoaderWatch;
  readonly #deadline: number;
  readonly #signal: AbortSignal;
  readonly #queue: ChunkQueue;
  readonly #chunks: ChunkLoader;
  /** The counts that are reported. */
  readonly #counted: Counts;
  /** Sink tables that this loader leaves to the worker, after an error of the table. */
  readonly #failed = new Set<TableKey>();
  readonly #logFields: Readonly<Record<string, unknown>>;
  #errors = 0;
  #tables: ReadonlyMap<TableKey, TableMapping> = new Map();

  constructor({ deps, record, ends, owner, watch, order, deadline, signal, counted }: LoaderParts) {
    this.#counted = counted;
    const { generation, spec, progress } = record;
    if (progress.loadPin === undefined) throw new CdcError('INTERNAL', 'A load without a pin.');
    this.#deps = deps;
    this.#record = record;
    this.#ends = ends;
    this.#watch = watch;
    this.#logFields = loaderFields(order);
    this.#deadline = deadline;
    this.#signal = signal;
    this.#chunks = new ChunkLoader(ends, progress.loadPin, generation);
    const claim = { generation, owner, workers: spec.options.loadWorkers };
    this.#queue = new ChunkQueue(ends.sink, claim, () => this.#unwanted());
  }

  async run(): Promise<void> {
    this.#tables = await loadedTables(this.#record, this.#ends.source);
    await forEachConcurrently(Array.from({ length: LANES }), LANES, () => this.#lane());
  }

  async #lane(): Promise<void> {
    let idleSince = this.#now();
    while (this.#now() - idleSince < IDLE_LOADER_MS) {
      this.#checkpointOrStop();
      const chunk = await this.#next();
      if (chunk === undefined) {
        await this.#deps.clock.sleep(LOOK_AGAIN_MS, this.#signal);
      } else {
        await this.#load(chunk);
        idleSince = this.#now();
      }
    }
  }

  async #next(): Promise<ClaimedChunk | undefined> {
    try {
      return await this.#queue.next();
    } catch (error) {
      await this.#look(error);
      await this.#waitOut(error);
      return undefined;
    }
  }

  async #load(chunk: ClaimedChunk): Promise<void> {
    const mapping = this.#tables.get(chunk.table);
    if (mapping === undefined)
      throw new CdcError('INTERNAL', `There is a chunk of ${chunk.table}, but that table is not to be loaded.`);
    try {
      const rows = await this.#chunks.load(mapping, chunk);
      this.counts.rows += rows;
      this.#counted.rowsLoaded += rows;
      this.counts.chunks += 1;
      this.#errors = 0;
    } catch (error) {
      await this.#afterError(chunk, error);
    }
  }

  async #afterError(chunk: ClaimedChunk, thrown: unknown): Promise<void> {
    await this.#look(thrown, chunk.table);
    if (isCdcError(thrown, 'FENCED') || thrown instanceof TableError) {
      await this.#queue.release(chunk);
      if (thrown instanceof TableError) this.#failed.add(chunk.table);
      return;
    }
    // If the sink does not answer, it may not answer a release either. So keep the chunk: load it later, or let its
    // claim end with this loader.
    this.#queue.putBack(chunk);
    await this.#waitOut(thrown);
  }

  /** Checks that the load is still this loader's: if it is not, any kind of error may come. Throws LoadOver then. */
  async #look(thrown: unknown, table?: string): Promise<void> {
    this.#signal.throwIfAborted();
    this.#counted.errors += 1;
    await this.#watch.look();
    this.#deps.log('warn', 'loader.error', { ...this.#logFields, table, error: String(thrown) });
  }

  async #waitOut(thrown: unknown): Promise<void> {
    this.#errors += 1;
    if (!(thrown instanceof CdcError) || !thrown.retry || this.#errors > TRIES) throw thrown;
    await this.#deps.clock.sleep(Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.#errors), this.#signal);
  }

  #unwanted(): TableKey[] {
    const { aside } = this.#watch.latest.progress;
    const isAside = ({ source }: TableMapping): boolean => Object.hasOwn(aside, tableKey(source));
    const sinks = [...this.#tables].filter(([, mapping]) => isAside(mapping)).map(([sink]) => sink);
    return [...sinks, ...this.#failed];
  }

  #checkpointOrStop(): void {
    this.#signal.throwIfAborted();
    if (this.#now() >= this.#deadline) throw new StopRequested('deadline');
  }

  #now(): number {
    return this.#deps.clock.now();
  }
}
