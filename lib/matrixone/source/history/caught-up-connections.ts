import type { Connection } from '../../../wire/connection.ts';
import type { ConnectionPool } from '../../../wire/connection-pool.ts';
import type { Pin } from '../../../data/position.ts';
import type { Area } from '../../../task/table-selection.ts';
import type { Barriers } from './barriers.ts';
import { latestShown } from './snapshot-rows.ts';

type Lender = Pick<ConnectionPool, 'use' | 'acquire' | 'release' | 'discard' | 'close'>;

/**
 * A pool whose sessions may read at times. A read at a time does not wait until the session's node has received what was
 * committed by then, so each session has to have seen a snapshot that is not older: it proves that its node has. Reads at
 * snapshots need no such proof, since a node that has not received one does not find it.
 */
export class CaughtUpConnections implements Lender {
  readonly #pool: Lender & Pick<ConnectionPool, 'useIdle'>;
  readonly #barriers: Barriers;
  /** The time of the latest snapshot that a session has seen. */
  readonly #seen = new WeakMap<Connection, bigint>();
  /** Sessions that have seen nothing as late as this are not lent. */
  #needed = 0n;

  constructor(pool: Lender & Pick<ConnectionPool, 'useIdle'>, barriers: Barriers) {
    this.#pool = pool;
    this.#barriers = barriers;
  }

  /** From now on sessions are lent only when they may read at this time. */
  upTo(ts: bigint): void {
    if (ts > this.#needed) this.#needed = ts;
  }

  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return await this.#pool.use(async (connection) => {
      await this.#catchUp(connection);
      return await work(connection);
    });
  }

  async acquire(): Promise<Connection> {
    const connection = await this.#pool.acquire();
    try {
      await this.#catchUp(connection);
      return connection;
    } catch (error) {
      this.#pool.discard(connection);
      throw error;
    }
  }

  release(connection: Connection): void {
    this.#pool.release(connection);
  }

  discard(connection: Connection): void {
    this.#pool.discard(connection);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /**
   * A barrier while it stands. The sessions at rest take a look at it too, for a later one that needs the proof would have
   * to make a barrier of its own.
   */
  async behindBarrier<T>(area: Area, work: (connection: Connection, barrier: Pin) => Promise<T>): Promise<T> {
    return await this.#pool.use((connection) =>
      this.#barriers.behind(connection, area, async (barrier) => {
        this.#note(connection, BigInt(barrier.ts));
        await this.#pool.useIdle((idle) => this.#look(idle));
        return await work(connection, barrier);
      }),
    );
  }

  async #catchUp(connection: Connection): Promise<void> {
    const needed = this.#needed;
    const isBehind = (): boolean => (this.#seen.get(connection) ?? 0n) < needed;
    // Most of the time another task's pin or barrier, or one of our own, will do.
    if (isBehind()) await this.#look(connection);
    while (isBehind()) {
      await this.#barriers.behind(connection, 'account', (barrier) => {
        this.#note(connection, BigInt(barrier.ts));
        return Promise.resolve();
      });
    }
  }

  async #look(connection: Connection): Promise<void> {
    this.#note(connection, await latestShown(connection));
  }

  #note(connection: Connection, ts: bigint): void {
    if (ts > (this.#seen.get(connection) ?? 0n)) this.#seen.set(connection, ts);
  }
}
