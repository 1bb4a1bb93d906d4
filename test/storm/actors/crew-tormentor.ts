import type { Choices } from '../choices.ts';
import type { Crew } from '../worker/crew.ts';
import type { Actor } from './actor.ts';

/** Kills, freezes and doubles workers. */
export class CrewTormentor implements Actor {
  readonly name = 'tormentor';
  readonly #crew: Crew;
  readonly #task: string;
  readonly #choices: Choices;
  /** Of real time, in milliseconds. */
  readonly #lease: number;

  constructor(crew: Crew, task: string, lease: number, choices: Choices) {
    this.#crew = crew;
    this.#task = task;
    this.#lease = lease;
    this.#choices = choices;
  }

  step(): Promise<void> {
    const share = this.#choices.pick([0.05, 0.3, 1.1, 1.6]);
    switch (this.#choices.weighted({ kill: 4, freeze: 4, double: 3 })) {
      case 'kill':
        this.#crew.kill();
        break;
      case 'freeze':
        this.#crew.freeze(Math.round(share * this.#lease));
        break;
      case 'double':
        this.#crew.start(this.#task);
        this.#crew.start(this.#task);
    }
    return Promise.resolve();
  }

  pause(): number {
    return this.#choices.between(2_000, 9_000);
  }

  close(): void {
    this.#crew.thawAll();
  }
}
