import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CdcError } from '../../../errors.ts';
import type { Failure } from '../../../wire/failure.ts';
import { quoteName } from '../../../sql/identifier.ts';
import { quoteText } from '../../../sql/literal.ts';
import type { Connection } from '../../../wire/connection.ts';
import type { Pin } from '../../../data/position.ts';
import type { Area } from '../../../task/table-selection.ts';
import { retryWhileLocked } from '../../server/retry-while-locked.ts';
import { failureOf } from '../../server/failure-of.ts';
import { barrierScopes } from './snapshot-scope.ts';
import { readSnapshots } from './snapshot-rows.ts';

/** How long to wait for a place in the account's quota. Other tasks' barriers are gone within a moment. */
const PATIENCE_MS = 20_000;
const SHORTEST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1_000;
/** No barrier is needed for this long: its worker has died, or is frozen and will make another. */
const STALE_MS = 300_000;
/** Failures after which another level, or a later try, may succeed. */
const NO_PLACE: ReadonlySet<Failure> = new Set(['snapshot-quota', 'table-missing', 'database-missing']);
/** Ample time for the server to make a snapshot; and the pause between two looks for it. */
const SETTLING_MS = 1_500;
const LOOK_MS = 100;
/** Epoch 0, so that every worker of the task may drop the barrier; see pinEpoch. */
const MARK = '0_barrier';
/** Matches the barriers of all tasks, and no pin. */
const ANY = quoteText('^mo_cdc_.*_0_barrier[0-9a-f]+$');

/**
 * Snapshots that are made only to be seen: a node that shows one has received everything that was committed before it.
 * A barrier takes a place in the account's quota for a moment, at any level that has one free. Nothing relies on a
 * barrier once it was seen, so any worker may drop those that a dead worker has left.
 */
export class Barriers {
  readonly #signal: AbortSignal;
  /** Barriers that may exist, by name; true once the server has confirmed it. */
  readonly #open = new Map<string, boolean>();
  readonly #underWay = new Set<Promise<unknown>>();
  #prefix = 'mo_cdc_any_';
  #swept = false;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Sets the prefix of the task's pins. The task's workers drop barriers with this prefix if any are left. */
  belongTo(prefix: string): void {
    this.#prefix = prefix;
  }

  /**
   * Runs `work` while a barrier exists that this connection has seen. Throws SNAPSHOT_QUOTA if no place gets free in
   * time.
   */
  async behind<T>(connection: Connection, area: Area, work: (barrier: Pin) => Promise<T>): Promise<T> {
    const done = this.#behind(connection, area, work);
    this.#underWay.add(done);
    try {
      return await done;
    } finally {
      this.#underWay.delete(done);
    }
  }

  /**
   * Waits until the calls under way have ended, or the time is up. If a connection is cut while the server makes a
   * snapshot for it, the snapshot still appears, at any later time.
   */
  async settled(milliseconds: number): Promise<void> {
    if (this.#underWay.size === 0 || this.#signal.aborted) return;
    const late = new AbortController();
    const given = sleep(milliseconds, undefined, { signal: AbortSignal.any([this.#signal, late.signal]) });
    await Promise.race([Promise.allSettled(this.#underWay), given.catch(() => undefined)]);
    late.abort();
  }

  async #behind<T>(connection: Connection, area: Area, work: (barrier: Pin) => Promise<T>): Promise<T> {
    if (!this.#swept) await this.#sweep(connection);
    this.#swept = true;
    const barrier = await this.#make(connection, area);
    try {
      return await work(barrier);
    } finally {
      if (connection.alive) await this.#drop(connection, barrier.name);
    }
  }

  /** May a barrier exist whose connection was lost before it was dropped? */
  get areLeft(): boolean {
    return this.#open.size > 0;
  }

  /**
   * Drops the barriers that are left. Call it when no call of `behind` is under way and its connections are closed.
   */
  async dropLeft(connection: Connection): Promise<void> {
    for (const [name, made] of this.#open) if (made) await this.#drop(connection, name);
    // The server may still be making snapshots for connections that are gone.
    const until = Date.now() + SETTLING_MS;
    for (;;) {
      const names = [...this.#open.keys()].map(quoteText);
      if (names.length === 0) return;
      for (const { name } of await readSnapshots(connection, `sname in (${names.join(', ')})`)) {
        await this.#drop(connection, name);
      }
      if (Date.now() > until) return;
      await sleep(LOOK_MS);
    }
  }

  async #drop(connection: Connection, name: string): Promise<void> {
    await retryWhileLocked(connection, `drop snapshot if exists ${quoteName(name)}`);
    this.#open.delete(name);
  }

  async #make(connection: Connection, area: Area): Promise<Pin> {
    const deadline = Date.now() + PATIENCE_MS;
    for (let wait = SHORTEST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      const barrier = await this.#tryEveryLevel(connection, area);
      if (barrier !== undefined) return barrier;
      if (Date.now() > deadline) {
        throw new CdcError('SNAPSHOT_QUOTA', 'The source account has had no room for another snapshot for a while.');
      }
      await this.#sweep(connection);
      // A random wait, so that many workers do not come back together.
      await sleep(wait / 2 + Math.random() * wait, undefined, { signal: this.#signal });
    }
  }

  /**
   * Returns undefined if no level has a place, or if another worker dropped the barrier as stale before it was seen.
   */
  async #tryEveryLevel(connection: Connection, area: Area): Promise<Pin | undefined> {
    for (const scope of await barrierScopes(connection, area)) {
      const name = `${this.#prefix}${MARK}${randomBytes(6).toString('hex')}`;
      this.#open.set(name, false);
      try {
        await retryWhileLocked(connection, `create snapshot ${quoteName(name)} for ${scope}`);
      } catch (error) {
        if (!NO_PLACE.has(failureOf(error))) throw error;
        this.#open.delete(name);
        continue;
      }
      this.#open.set(name, true);
      const [barrier] = await readSnapshots(connection, `sname = ${quoteText(name)}`);
      if (barrier === undefined) await this.#drop(connection, name);
      return barrier;
    }
    return undefined;
  }

  async #sweep(connection: Connection): Promise<void> {
    const before = BigInt(Date.now() - STALE_MS) * 1_000_000n;
    const left = await readSnapshots(
      connection,
      `sname regexp ${ANY} and ts < ${before} and account_name = current_account_name()`,
    );
    for (const { name } of left) await this.#drop(connection, name);
  }
}
