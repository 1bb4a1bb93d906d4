import type { PendingWindow } from '../../data/position.ts';
import type { Session } from '../session/session.ts';

/** Stores a new window as the pending one. The store has it before the sink gets anything of the window. */
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

  /** Starts the write and does not wait for it. */
  begin(): void {
    this.#underWay ??= this.#session.advance({ pending: this.pending }, this.#adopts);
    // A caller that waits for the write gets its error.
    this.#underWay.catch(() => undefined);
  }

  /** Waits for the write if it was started; throws its error. */
  async begun(): Promise<void> {
    await this.#underWay;
  }

  /** Waits for the write if it was started, and ignores its error: afterwards no write runs in the background. */
  async settled(): Promise<void> {
    await this.#underWay?.catch(() => undefined);
  }

  async stored(): Promise<void> {
    this.begin();
    await this.#underWay;
  }
}
