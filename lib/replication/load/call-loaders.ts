import type { Session } from '../session/session.ts';
import type { PlanState, SinkPlaces } from '../endpoints/chunk-plans.ts';

/** Chunks that make it worth starting another loader. */
export const CHUNKS_FOR_A_LOADER = 16;
/** A loader that was called either has taken its place after this time, or will not come. Milliseconds. */
const CALL_AGAIN_MS = 15_000;
/**
 * Loaders may never come because the platform allows no more of them, or may fail at once. Each such order ends in the
 * queue of failed runs, so the worker calls less and less often, at least once in this time. Milliseconds.
 */
const CALL_SELDOM_MS = 240_000;

/** Starts loaders for a large load, and replaces those that did not come or have ended. */
export class LoaderCalls {
  readonly #session: Session;
  readonly #sink: SinkPlaces;
  #calledAt = -Infinity;
  #wait = CALL_AGAIN_MS;
  /** The places of the last call. */
  #called: readonly number[] = [];
  #left = 0;

  constructor(session: Session, sink: SinkPlaces) {
    this.#session = session;
    this.#sink = sink;
  }

  /** Starts loaders for free places. The load goes on without loaders, so a failed start is no error of the task. */
  async call(plans: readonly PlanState[]): Promise<void> {
    const { deps, key, record } = this.#session;
    const wanted = loadersFor(plans, record.spec.options.loadWorkers);
    const left = chunksLeft(plans);
    // Another table was planned: loaders that found nothing to do before may have enough now.
    if (left > this.#left) this.#wait = CALL_AGAIN_MS;
    this.#left = left;
    const now = deps.clock.now();
    if (wanted === 0 || now - this.#calledAt < this.#wait) return;
    this.#calledAt = now;
    const free = await this.#sink.freePlaces();
    const missing = Math.max(0, wanted - (record.spec.options.loadWorkers - 1 - free.length));
    const called = free.slice(0, missing);
    const inVain = called.length > 0 && called.every((place) => this.#called.includes(place));
    this.#wait = inVain ? Math.min(2 * this.#wait, CALL_SELDOM_MS) : CALL_AGAIN_MS;
    this.#called = called;
    for (const place of called) {
      try {
        await deps.loaders.start({ key, place });
      } catch (error) {
        this.#session.log('warn', 'load.no-loader', { place, error: String(error) });
        return;
      }
    }
    if (missing > 0) this.#session.log('info', 'load.loaders-called', { loaders: missing });
  }
}

/** How many loaders there should be beside the worker that holds the lease. */
export function loadersFor(plans: Iterable<PlanState>, loadWorkers: number): number {
  return Math.min(loadWorkers - 1, Math.floor(chunksLeft(plans) / CHUNKS_FOR_A_LOADER));
}

function chunksLeft(plans: Iterable<PlanState>): number {
  let left = 0;
  for (const { chunks, chunksDone } of plans) left += chunks - chunksDone;
  return left;
}
