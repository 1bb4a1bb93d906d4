import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../lib/clock.ts';
import { startWorkers } from '../../../lib/schedule/start-workers.ts';
import type { TaskStore } from '../../../lib/store/task-store.ts';
import type { Choices } from '../choices.ts';
import type { Crew } from '../worker/crew.ts';
import type { Actor } from './actor.ts';

/** The schedule: comes late, twice, or not at all. */
export class Ticker implements Actor {
  readonly name = 'tick';
  readonly #store: TaskStore;
  readonly #crew: Crew;
  readonly #clock: Clock;
  readonly #choices: Choices;

  constructor(store: TaskStore, crew: Crew, clock: Clock, choices: Choices) {
    this.#store = store;
    this.#crew = crew;
    this.#clock = clock;
    this.#choices = choices;
  }

  async step(): Promise<void> {
    const times = this.#choices.pick([0, 1, 1, 1, 2]);
    await Promise.all(Array.from({ length: times }, () => this.#tick()));
  }

  pause(): number {
    return this.#choices.between(300, 4_000);
  }

  close(): void {
    // Holds nothing.
  }

  async #tick(): Promise<void> {
    const late = this.#choices.pick([0, 0, 0, 500, 3_000]);
    const starter = {
      start: async (task: string) => {
        // The order is taken at once, and carried out whenever it is.
        await Promise.resolve();
        void delay(late).then(() => {
          this.#crew.start(task);
        });
      },
    };
    const { signal } = new AbortController();
    await startWorkers({ store: this.#store, starter, clock: this.#clock, log: () => undefined }, signal);
  }
}
