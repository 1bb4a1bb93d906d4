import type { PendingWindow } from '../../data/position.ts';
import type { Session } from '../session/session.ts';

/** The write that makes a new window the pending one. It is in the store before the sink gets anything of the window. */
export class WindowRecord {
  readonly pending: PendingWindow;
  readonly #session: Session;
  readonly #adopts: number | undefined;
  #underWay: Promise<void> | undefined;

  /** `adopts` as for `Session.advance`. */
  constructor(session: Session, pending: PendingWindow, adopts: number | undefined) {
    this.#session = session;
    this.pending = pending;
    this.#adopts = adopts;
  }

  /** Begins to write, and does not wait for it. */
  begin(): void {
    this.#underWay ??= this.#session.advance({ pending: this.pending }, this.#adopts);
    // Whoever waits for it gets the error.
    this.#underWay.catch(() => undefined);
  }

  /** Waits for a write that was begun, if one was. Fails as the write has. */
  async begun(): Promise<void> {
    await this.#underWay;
  }

  /** The same, whatever has come of it: no write goes on behind the caller's back. */
  async settled(): Promise<void> {
    await this.#underWay?.catch(() => undefined);
  }

  async stored(): Promise<void> {
    this.begin();
    await this.#underWay;
  }
}
