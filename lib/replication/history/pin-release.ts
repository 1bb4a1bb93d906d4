import { dropOwnPin } from './pins.ts';
import type { Pin } from '../../data/position.ts';
import type { HeldLease } from '../session/session.ts';
import type { SourceHistory } from '../endpoints/source.ts';

/**
 * Drops pins that no stored progress refers to any more. It works in the background: the next look at the source does
 * not wait. It drops one at a time, and before the next pin is made, so that a task never holds more than two. If the
 * worker dies before the drop, the next worker finds a pin that nothing refers to.
 */
export class PinRelease {
  readonly #session: HeldLease;
  readonly #source: SourceHistory;
  #underWay: Promise<void> | undefined;

  constructor(session: HeldLease, source: SourceHistory) {
    this.#session = session;
    this.#source = source;
  }

  /** Call `done` before you begin the next one. */
  begin(pin: Pin): void {
    this.#underWay = dropOwnPin(this.#session, this.#source, pin);
    // A caller of `done` gets the error.
    this.#underWay.catch(() => undefined);
  }

  /** Waits for the drop; throws its error. */
  async done(): Promise<void> {
    const underWay = this.#underWay;
    this.#underWay = undefined;
    await underWay;
  }
}
