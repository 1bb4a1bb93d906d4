import type { Connection } from '../../../wire/connection.ts';
import type { Pin } from '../../../data/position.ts';
import { withTimeout } from '../../../concurrency/with-timeout.ts';
import { killQuery, type Use } from '../../server/kill-query.ts';

/** If nothing has changed, an answer takes some milliseconds. */
const SHORTEST_MS = 30;
const LONGEST_MS = 5_000;
/** The next look may take this many times as long as the last complete one. */
const SLACK = 5;

class GivenUp extends Error {}

/**
 * Asks whether anything has changed, but waits no longer than a "no" would take. Counting a diff takes as long as
 * reading its changes (3 seconds for 300,000 on 4.2.0), so a late answer means "yes". In case the server is merely
 * slow, the next look gets twice the time.
 */
export class BoundedLook {
  readonly #use: Use;
  #patience = SHORTEST_MS;

  constructor(use: Use) {
    this.#use = use;
  }

  /** Also true if there is no answer in time. */
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
    // Nobody needs this answer any more.
    answer.catch(() => undefined);
    await killQuery(this.#use, connection);
    throw new GivenUp('The look takes too long.');
  }
}
