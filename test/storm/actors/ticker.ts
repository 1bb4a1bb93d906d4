import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../lib/clock.ts';
import { startWorkers } from '../../../lib/schedule/start-workers.ts';
import { type Pace, paceOf } from '../../../lib/record/pace.ts';
import type { TaskStore } from '../../../lib/store/task-store.ts';
import type { Choices } from '../choices.ts';
import type { Journal } from '../journal.ts';
import type { Crew } from '../worker/crew.ts';
import type { Actor } from './actor.ts';

/** The schedule: comes late, twice, or not at all. */
export class Ticker implements Actor {
  readonly name = 'tick';
  readonly #store: TaskStore;
  readonly #crew: Crew;
  readonly #clock: Clock;
  readonly #choices: Choices;
  readonly #journal: Journal;
  #pace: Pace | undefined;

  constructor(store: TaskStore, crew: Crew, clock: Clock, choices: Choices, journal: Journal) {
    this.#store = store;
    this.#crew = crew;
    this.#clock = clock;
    this.#choices = choices;
    this.#journal = journal;
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
    const clock = this.#clock;
    const seen = (task: Parameters<typeof paceOf>[0]): void => {
      const pace = paceOf(task, clock.now());
      if (this.#pace !== undefined && pace !== this.#pace) this.#journal.note(this.name, `finds the pace ${pace}`);
      this.#pace = pace;
    };
    await startWorkers({ store: this.#store, starter, clock, log: () => undefined, seen }, signal);
  }
}
