import type { Connection } from '../../../wire/connection.ts';
import type { ConnectionPool } from '../../../wire/connection-pool.ts';
import type { Pin } from '../../../data/position.ts';
import type { Area } from '../../../task/table-selection.ts';
import type { Barriers } from './barriers.ts';
import { latestShown } from './snapshot-rows.ts';

type Lender = Pick<ConnectionPool, 'use' | 'acquire' | 'release' | 'discard' | 'close'>;

/**
 * A pool whose connections may read at a time. Such a read does not wait until the server's node has received what was
 * committed by then. So each connection first has to see a snapshot that is as late: it proves that the node has
 * received everything before it. Reads at snapshots need no proof, since a node that has not received a snapshot does
 * not find it.
 */
export class CaughtUpConnections implements Lender {
  readonly #pool: Lender & Pick<ConnectionPool, 'useIdle'>;
  readonly #barriers: Barriers;
  /** The time of the latest snapshot that each connection has seen. */
  readonly #seen = new WeakMap<Connection, bigint>();
  /** A connection must have seen a snapshot this late before it is lent. */
  #needed = 0n;

  constructor(pool: Lender & Pick<ConnectionPool, 'useIdle'>, barriers: Barriers) {
    this.#pool = pool;
    this.#barriers = barriers;
  }

  /** From now on, lends only connections that may read at this time. */
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
   * Runs `work` while a barrier exists. Idle connections look at the barrier too. Otherwise each would need a barrier
   * of its own later.
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
    // Most of the time a pin or barrier of this or another task is late enough.
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
