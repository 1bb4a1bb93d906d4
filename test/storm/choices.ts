import { seededRandom } from '../support/random-writer.ts';

/**
 * The choices of one actor, all from one seed: they and their order are the same in every run with it. When an actor gets to
 * make the next one is up to the operating system, and to what the servers answer.
 */
export class Choices {
  readonly random: () => number;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.random = seededRandom(seed);
  }

  /** Choices of another actor's own: how many the others make does not change them. */
  of(actor: string): Choices {
    let hash = this.#seed;
    for (const character of actor) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x9e37_79b1) >>> 0;
    return new Choices(hash);
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  /** A whole number from `least` up to, but not, `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }

  /** One of the names, each as often as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) if ((left -= weight) < 0) return name;
    throw new Error('Nothing to choose from.');
  }
}
