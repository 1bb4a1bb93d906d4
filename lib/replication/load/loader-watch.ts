import { isCdcError } from '../../errors.ts';
import { LEASE_TTL_MS, WATCH_INTERVAL_MS } from '../../record/lease-timing.ts';
import type { LoadOrder } from '../../store/load-order.ts';
import { PLACE_RENEWAL_MS, PLACE_TTL_MS } from './load-timing.ts';
import type { LoaderDeps } from '../session/run-deps.ts';
import type { SinkPlaces } from '../endpoints/chunk-plans.ts';
import { StopRequested } from '../session/stop.ts';
import type { TaskRecord } from '../../record/task-record.ts';

/** The load that this loader was called for is over, or another worker's. */
export class LoadOver extends Error {
  constructor(why: string) {
    super(`The load is over: ${why}`);
    this.name = 'LoadOver';
  }
}

/** The task, as long as this order's epoch should load it; LoadOver otherwise. */
export async function readLoad({ store }: Pick<LoaderDeps, 'store'>, { key }: LoadOrder): Promise<TaskRecord> {
  try {
    const record = await store.watch(key);
    const reason = whyOver(record);
    if (reason === undefined) return record;
    throw new LoadOver(reason);
  } catch (error) {
    // The task is gone, or another worker has its lease.
    if (isCdcError(error, 'LEASE_LOST')) throw new LoadOver('the order is void');
    throw error;
  }
}

function whyOver({ desired, error, generation, progress }: TaskRecord): string | undefined {
  if (desired !== 'running') return desired;
  if (error?.retry === false) return 'the task has failed';
  if (progress.generation !== generation) return 'the task was restarted';
  return progress.phase === 'load' && progress.loadPin !== undefined ? undefined : 'everything is loaded';
}

interface LoaderWatchParts {
  readonly deps: LoaderDeps;
  readonly order: LoadOrder;
  readonly record: TaskRecord;
  readonly sink: Pick<SinkPlaces, 'holdPlace'>;
  readonly owner: string;
  /** Aborted when the loader has to end. */
  readonly controller: AbortController;
  /** Called before every look. */
  readonly report: () => void;
}

/**
 * Watches the task beside the work, as its worker does, and renews the loader's place. It ends the loader when the load
 * is over or another worker's, when the task was edited, or when the store has not answered for as long as a lease
 * lasts.
 */
export class LoaderWatch {
  readonly #deps: LoaderDeps;
  readonly #order: LoadOrder;
  readonly #sink: Pick<SinkPlaces, 'holdPlace'>;
  readonly #owner: string;
  readonly #controller: AbortController;
  readonly #report: () => void;
  readonly #ended = new AbortController();
  readonly #watching: Promise<void>;
  #latest: TaskRecord;
  #seenAt: number;
  #renewedAt: number;

  constructor({ deps, order, record, sink, owner, controller, report }: LoaderWatchParts) {
    this.#deps = deps;
    this.#order = order;
    this.#sink = sink;
    this.#owner = owner;
    this.#controller = controller;
    this.#report = report;
    this.#latest = record;
    this.#seenAt = deps.clock.now();
    this.#renewedAt = this.#seenAt;
    this.#watching = this.#watch();
  }

  /** The task as of the last look. */
  get latest(): TaskRecord {
    return this.#latest;
  }

  /** Looks now; throws LoadOver when the load is over. */
  async look(): Promise<void> {
    const record = await readLoad(this.#deps, this.#order);
    if (record.edits !== this.#latest.edits) throw new LoadOver('the task was edited');
    this.#latest = record;
    this.#seenAt = this.#deps.clock.now();
  }

  async stop(): Promise<void> {
    this.#ended.abort(new Error('The loader has ended.'));
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { clock, log } = this.#deps;
    for (;;) {
      try {
        await clock.sleep(WATCH_INTERVAL_MS, this.#ended.signal);
        this.#report();
        await this.look();
        await this.#renew();
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        if (error instanceof LoadOver || clock.now() - this.#seenAt >= LEASE_TTL_MS) {
          this.#controller.abort(error);
          return;
        }
        log('warn', 'loader.unwatched', { ...loaderFields(this.#order), error: String(error) });
      }
    }
  }

  async #renew(): Promise<void> {
    const now = this.#deps.clock.now();
    if (now - this.#renewedAt < PLACE_RENEWAL_MS) return;
    if (!(await this.#sink.holdPlace(this.#order.place, this.#owner, PLACE_TTL_MS))) {
      throw new LoadOver('the place is another’s');
    }
    this.#renewedAt = now;
  }
}

/** The fields of every log line of a loader. */
export const loaderFields = ({ key, place }: LoadOrder): Readonly<Record<string, unknown>> => ({
  task: key.name,
  taskId: key.id,
  epoch: key.epoch,
  place,
});

/** The reason why the loader's signal was aborted, or else the error itself. */
export const causeOf = (signal: AbortSignal, error: unknown): unknown => (signal.aborted ? signal.reason : error);

export const isEnd = (cause: unknown): boolean => cause instanceof LoadOver || cause instanceof StopRequested;
