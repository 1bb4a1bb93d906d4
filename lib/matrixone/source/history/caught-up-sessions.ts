import type { Session } from '../../../wire/connection.ts';
import type { SessionPool } from '../../../wire/connection-pool.ts';
import type { Pin } from '../../../data/position.ts';
import type { Area } from '../../../task/table-selection.ts';
import type { Barriers } from './barriers.ts';
import { latestShown } from './snapshot-rows.ts';

type Lender = Pick<SessionPool, 'use' | 'acquire' | 'release' | 'discard' | 'close'>;

/**
 * A pool whose sessions may read at times. A read at a time does not wait until the session's node has received what was
 * committed by then, so each session has to have seen a snapshot that is not older: it proves that its node has. Reads at
 * snapshots need no such proof, since a node that has not received one does not find it.
 */
export class CaughtUpSessions implements Lender {
  readonly #pool: Lender & Pick<SessionPool, 'useIdle'>;
  readonly #barriers: Barriers;
  /** The time of the latest snapshot that a session has seen. */
  readonly #seen = new WeakMap<Session, bigint>();
  /** Sessions that have seen nothing as late as this are not lent. */
  #needed = 0n;

  constructor(pool: Lender & Pick<SessionPool, 'useIdle'>, barriers: Barriers) {
    this.#pool = pool;
    this.#barriers = barriers;
  }

  /** From now on sessions are lent only when they may read at this time. */
  upTo(ts: bigint): void {
    if (ts > this.#needed) this.#needed = ts;
  }

  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return await this.#pool.use(async (session) => {
      await this.#catchUp(session);
      return await work(session);
    });
  }

  async acquire(): Promise<Session> {
    const session = await this.#pool.acquire();
    try {
      await this.#catchUp(session);
      return session;
    } catch (error) {
      this.#pool.discard(session);
      throw error;
    }
  }

  release(session: Session): void {
    this.#pool.release(session);
  }

  discard(session: Session): void {
    this.#pool.discard(session);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /**
   * A barrier while it stands. The sessions at rest take a look at it too, for a later one that needs the proof would have
   * to make a barrier of its own.
   */
  async behindBarrier<T>(area: Area, work: (session: Session, barrier: Pin) => Promise<T>): Promise<T> {
    return await this.#pool.use((session) =>
      this.#barriers.behind(session, area, async (barrier) => {
        this.#note(session, BigInt(barrier.ts));
        await this.#pool.useIdle((idle) => this.#look(idle));
        return await work(session, barrier);
      }),
    );
  }

  async #catchUp(session: Session): Promise<void> {
    const needed = this.#needed;
    const isBehind = (): boolean => (this.#seen.get(session) ?? 0n) < needed;
    // Most of the time another task's pin or barrier, or one of our own, will do.
    if (isBehind()) await this.#look(session);
    while (isBehind()) {
      await this.#barriers.behind(session, 'account', (barrier) => {
        this.#note(session, BigInt(barrier.ts));
        return Promise.resolve();
      });
    }
  }

  async #look(session: Session): Promise<void> {
    this.#note(session, await latestShown(session));
  }

  #note(session: Session, ts: bigint): void {
    if (ts > (this.#seen.get(session) ?? 0n)) this.#seen.set(session, ts);
  }
}
