import type { Choices } from '../choices.ts';
import { FAIR, type Weather, type Weathered } from '../faults/weather.ts';
import type { Journal } from '../journal.ts';
import type { Actor } from './actor.ts';

/** Changes the weather of one connection: fair half the time. */
export class WeatherMaker implements Actor {
  readonly name: string;
  readonly #place: Weathered;
  readonly #choices: Choices;
  readonly #journal: Journal;
  #isFair = true;

  constructor(place: Weathered, choices: Choices, journal: Journal) {
    this.name = `weather-${place.name}`;
    this.#place = place;
    this.#choices = choices;
    this.#journal = journal;
  }

  step(): Promise<void> {
    this.#isFair = !this.#isFair;
    if (this.#choices.chance(0.2)) {
      this.#journal.note(this.name, 'cuts all connections');
      this.#place.cut();
    }
    this.#place.weather = this.#isFair ? FAIR : this.#any();
    if (!this.#isFair) this.#journal.note(this.name, this.#place.weather.kind, JSON.stringify(this.#place.weather));
    return Promise.resolve();
  }

  pause(): number {
    return this.#isFair ? this.#choices.between(2_000, 14_000) : this.#choices.pick([100, 400, 1_500, 3_000]);
  }

  close(): void {
    this.#place.weather = FAIR;
  }

  #any(): Weather {
    const choices = this.#choices;
    const probability = choices.pick([0.002, 0.01, 0.05, 0.5, 1]);
    const kinds = { slow: 3, lossy: 4, refusing: 2, silent: 2 };
    const kind =
      this.#place.name === 'store'
        ? choices.weighted({ ...kinds, throttling: 3, failing: 2 })
        : choices.weighted(kinds);
    if (kind === 'slow') return { kind, milliseconds: choices.pick([5, 50, 300]) };
    if (kind === 'lossy' || kind === 'throttling' || kind === 'failing') return { kind, probability };
    return { kind };
  }
}
