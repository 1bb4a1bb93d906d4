import { type PoolOptions, ConnectionPool } from '../../../wire/connection-pool.ts';
import type { Barriers } from './barriers.ts';

/** A worker that has been told to stop has little time; but a server with many logins at once takes seconds for one. */
const PATIENCE_MS = 5_000;

/**
 * Takes away the barriers of a worker that was told to stop while one stood: its connections are cut at once, and until
 * the task's next worker, or five minutes later any other's, nobody else would free the places in the quota. By a
 * connection of its own; where none is to be had in time, others will.
 */
export class LeftBarriers {
  readonly #barriers: Barriers;
  readonly #options: PoolOptions;

  constructor(barriers: Barriers, options: PoolOptions) {
    this.#barriers = barriers;
    this.#options = options;
  }

  /** Once the worker's own connections are closed. Never fails. */
  async drop(): Promise<void> {
    if (!this.#barriers.areLeft) return;
    const pool = new ConnectionPool(this.#options, AbortSignal.timeout(PATIENCE_MS));
    try {
      await pool.use((connection) => this.#barriers.dropLeft(connection));
    } catch {
      // A later worker sweeps them.
    } finally {
      await pool.close();
    }
  }
}
