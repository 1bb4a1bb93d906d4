import { pollDelay } from './poll-delay.ts';

const HURRY_MS = 20_000;

/** Asks again and again, never twice at the same time. */
export class Poller {
  readonly #ask: () => Promise<boolean>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;
  #isWanted = false;
  #failures = 0;
  #tookMs = 0;
  #hurryUntil = 0;
  /** When it asks next, in milliseconds since 1970; undefined while it asks. */
  nextAt: number | undefined;

  /** `ask` returns whether there was an answer. */
  constructor(ask: () => Promise<boolean>) {
    this.#ask = ask;
  }

  /** Asks at once, or again at once if it is asking. */
  now(): void {
    if (this.#isAsking) this.#isWanted = true;
    else void this.#round();
  }

  /** The same, and more often for a while. */
  hurry(): void {
    this.#hurryUntil = Date.now() + HURRY_MS;
    this.now();
  }

  async #round(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isAsking = true;
    this.nextAt = undefined;
    do {
      this.#isWanted = false;
      const before = Date.now();
      // Whatever happens, it goes on asking.
      const isAnswered = await this.#ask().catch(() => false);
      this.#tookMs = Date.now() - before;
      this.#failures = isAnswered ? 0 : this.#failures + 1;
    } while (this.#isWanted as boolean);
    this.#isAsking = false;
    const delay = pollDelay({
      failures: this.#failures,
      tookMs: this.#tookMs,
      isHurried: Date.now() < this.#hurryUntil,
      isHidden: document.hidden,
    });
    this.nextAt = Date.now() + delay;
    this.#timer = setTimeout(() => {
      this.now();
    }, delay);
  }
}
