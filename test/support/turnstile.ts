import type { Gate } from './gate.ts';

/** Turns of the event loop after which whoever was let through has come to the next call. */
const TURNS = 2;

interface Waiting {
  readonly actor: string;
  pass(): void;
}

/**
 * Lets one call through at a time, of several actors that run side by side, in an order that `choose` makes up. So every
 * interleaving at calls can come, and the same choices give the same one. For actors whose surroundings are in memory.
 */
export class Turnstile {
  readonly #choose: (count: number) => number;
  #waiting: Waiting[] = [];
  readonly #frozen = new Set<string>();
  readonly #dead = new Set<string>();

  constructor(choose: (count: number) => number) {
    this.#choose = choose;
  }

  gate =
    (actor: string): Gate =>
    async () => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#waiting.push({
        actor,
        pass: () => {
          resolve(undefined);
        },
      });
      await promise;
      if (this.#dead.has(actor)) throw new Error('The process is dead.');
    };

  /** Nothing of the actor passes until it is thawed. */
  freeze(actor: string): void {
    this.#frozen.add(actor);
  }

  thaw(actor: string): void {
    this.#frozen.delete(actor);
  }

  /** Whatever the actor tries from now on fails, and changes nothing. */
  kill(actor: string): void {
    this.#dead.add(actor);
    this.#frozen.delete(actor);
  }

  /** Lets calls pass until `isDone`; false when everybody left is frozen, or after `most` calls. */
  async run(isDone: () => boolean, most = 20_000, between: () => void = () => undefined): Promise<boolean> {
    for (let passed = 0; passed < most; passed += 1) {
      await this.#settle();
      if (isDone()) return true;
      between();
      const ready = this.#waiting.filter(({ actor }) => !this.#frozen.has(actor));
      const next = ready[this.#choose(ready.length)];
      if (next === undefined) return false;
      this.#waiting = this.#waiting.filter((one) => one !== next);
      next.pass();
    }
    return false;
  }

  async #settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}
