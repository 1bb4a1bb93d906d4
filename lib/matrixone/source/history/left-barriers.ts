import { type PoolOptions, ConnectionPool } from '../../../wire/connection-pool.ts';
import type { Barriers } from './barriers.ts';

/** A worker that is told to stop has little time, but a busy server may take seconds for a login. */
const PATIENCE_MS = 5_000;

/**
 * Drops the barriers of a worker that was told to stop while a barrier existed: its connections are cut at once.
 * Otherwise the places in the quota stay taken until the task's next worker, or any other worker after five minutes.
 * Uses a connection of its own. If there is none in time, it leaves the barriers to those workers.
 */
export class LeftBarriers {
  readonly #barriers: Barriers;
  readonly #options: PoolOptions;

  constructor(barriers: Barriers, options: PoolOptions) {
    this.#barriers = barriers;
    this.#options = options;
  }

  /** Call it after the worker's own connections are closed. Never fails. */
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
