import type { PendingWindow } from '../../data/position.ts';
import type { StoredTask } from '../session/session.ts';

/**
 * Stores a new window as the pending one. The store has it before the sink gets a part of the window. If the sink gets
 * the whole window in one transaction, its fence says so, and the window need not be stored.
 */
export class WindowRecord {
  readonly pending: PendingWindow;
  readonly #session: StoredTask;
  readonly #adopts: number | undefined;
  #underWay: Promise<void> | undefined;

  /** `adopts` as for `Session.advance`. */
  constructor(session: StoredTask, pending: PendingWindow, adopts: number | undefined) {
    this.#session = session;
    this.pending = pending;
    this.#adopts = adopts;
  }

  /** Stores the window unless that was done. */
  async store(): Promise<void> {
    this.#underWay ??= this.#session.advance({ pending: this.pending }, this.#adopts);
    await this.#underWay;
  }
}
