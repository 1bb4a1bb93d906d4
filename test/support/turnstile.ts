import type { Gate } from './gate.ts';

/** Turns of the event loop after which an actor that was let through has come to its next call. */
const TURNS = 2;

interface Waiting {
  readonly actor: string;
  pass(): void;
}

/**
 * Lets the calls of several concurrent actors through, one at a time. `choose` decides the order, so every interleaving
 * of calls can come, and the same choices give the same one. For actors whose surroundings are in memory.
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

  /** Holds all calls of the actor until it is thawed. */
  freeze(actor: string): void {
    this.#frozen.add(actor);
  }

  thaw(actor: string): void {
    this.#frozen.delete(actor);
  }

  /** Every later call of the actor throws, and changes nothing. */
  kill(actor: string): void {
    this.#dead.add(actor);
    this.#frozen.delete(actor);
  }

  /** Lets calls through until `isDone`. False if every waiting actor is frozen, or after `most` calls. */
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
