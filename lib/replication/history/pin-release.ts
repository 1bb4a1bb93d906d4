import { dropOwnPin } from './pins.ts';
import type { Pin } from '../../data/position.ts';
import type { Session } from '../session/session.ts';
import type { SourceHistory } from '../endpoints/source.ts';

/**
 * Drops the pins that no stored progress refers to any more, beside the work: the next look at the source does not wait
 * for it. One at a time, and before another one is made, so that a task never holds more than two. Should the worker die
 * before, the next one finds a pin that nobody refers to.
 */
export class PinRelease {
  readonly #session: Session;
  readonly #source: SourceHistory;
  #underWay: Promise<void> | undefined;

  constructor(session: Session, source: SourceHistory) {
    this.#session = session;
    this.#source = source;
  }

  /** The one before has to be done. */
  begin(pin: Pin): void {
    this.#underWay = dropOwnPin(this.#session, this.#source, pin);
    // Whoever waits for it gets the error.
    this.#underWay.catch(() => undefined);
  }

  /** Fails as the drop has. */
  async done(): Promise<void> {
    const underWay = this.#underWay;
    this.#underWay = undefined;
    await underWay;
  }
}
