import { setTimeout as delay } from 'node:timers/promises';
import type { Lulls } from '../profiles.ts';
import type { Actor } from './actor.ts';

const LOOK = 100;

/** Is it a lull at this time? All times are milliseconds; the first lull comes after the first busy time. */
export const isLull = ({ busy, quiet }: Lulls, sinceStart: number): boolean => sinceStart % (busy + quiet) >= busy;

/** An actor that does nothing during lulls. All that are calmed alike rest at the same time. */
export class Calmed implements Actor {
  readonly name: string;
  readonly #actor: Actor;
  readonly #lulls: Lulls;
  readonly #start = Date.now();

  constructor(actor: Actor, lulls: Lulls) {
    this.name = actor.name;
    this.#actor = actor;
    this.#lulls = lulls;
  }

  async step(wanted: () => boolean): Promise<void> {
    while (wanted() && isLull(this.#lulls, Date.now() - this.#start)) await delay(LOOK);
    if (wanted()) await this.#actor.step(wanted);
  }

  pause(): number {
    return this.#actor.pause();
  }

  close(): void {
    this.#actor.close();
  }
}
