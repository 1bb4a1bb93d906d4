import type { Connection } from '../../../wire/connection.ts';
import type { Pin } from '../../../data/position.ts';
import { withTimeout } from '../../../concurrency/with-timeout.ts';
import { killQuery, type Use } from '../../server/kill-query.ts';

/** A look at the source takes some milliseconds where nothing has changed. */
const SHORTEST_MS = 30;
const LONGEST_MS = 5_000;
/** How much longer than the last complete look the next one may take. */
const SLACK = 5;

class GivenUp extends Error {}

/**
 * Asks whether anything has changed, no longer than an answer that says no would take: the diff that would only be counted
 * takes as long as the one that brings the changes (3 seconds for 300,000 on 4.2.0). Should the server just be slow, the
 * next look has twice the time.
 */
export class BoundedLook {
  readonly #use: Use;
  #patience = SHORTEST_MS;

  constructor(use: Use) {
    this.#use = use;
  }

  /** True, too, when there is no answer in time. */
  async changed(pins: readonly Pin[], ask: (connection: Connection) => Promise<boolean>): Promise<boolean> {
    const begun = performance.now();
    try {
      const answer = await this.#use(pins, (connection) => this.#inTime(connection, ask));
      this.#patience = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, SLACK * (performance.now() - begun)));
      return answer;
    } catch (error) {
      if (!(error instanceof GivenUp)) throw error;
      this.#patience = Math.min(LONGEST_MS, 2 * this.#patience);
      return true;
    }
  }

  async #inTime(connection: Connection, ask: (connection: Connection) => Promise<boolean>): Promise<boolean> {
    const answer = ask(connection);
    const first = await withTimeout(answer, this.#patience);
    if (first !== undefined) return first;
    // What it still says is of no use.
    answer.catch(() => undefined);
    await killQuery(this.#use, connection);
    throw new GivenUp('The look takes too long.');
  }
}
