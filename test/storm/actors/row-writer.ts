import { RandomWriter } from '../../support/random-writer.ts';
import type { Choices } from '../choices.ts';
import type { Actor } from './actor.ts';
import { SteadyClient } from './steady-client.ts';

/** Transactions, some rolled back, over the tables of the random workload: see RandomWriter. */
export class RowWriter implements Actor {
  readonly name: string;
  readonly #number: number;
  readonly #choices: Choices;
  readonly #steady: SteadyClient;

  constructor(uri: string, database: string, number: number, choices: Choices) {
    this.name = `row-writer-${number}`;
    this.#number = number;
    this.#choices = choices;
    // MatrixOne finds some deadlocks between the writers only by waiting.
    this.#steady = new SteadyClient(uri, [`use ${database}`, 'set lock_wait_timeout = 1']);
  }

  async step(wanted: () => boolean): Promise<void> {
    await this.#steady.use(wanted, (client) => new RandomWriter(client, this.#number, this.#choices.random).step());
  }

  pause(): number {
    return this.#choices.pick([0, 5, 20, 100, 400]);
  }

  close(): void {
    this.#steady.close();
  }
}
