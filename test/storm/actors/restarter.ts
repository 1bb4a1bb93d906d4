import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Choices } from '../choices.ts';
import type { Journal } from '../journal.ts';
import type { Site } from '../site.ts';
import type { Actor } from './actor.ts';

const REAL_EVERY = 240_000;

/** Kills database servers and starts them again. */
export class Restarter implements Actor {
  readonly name = 'restarter';
  readonly #site: Site;
  readonly #command: string | undefined;
  readonly #choices: Choices;
  readonly #journal: Journal;
  #next = Date.now() + 15_000;

  constructor(site: Site, command: string | undefined, choices: Choices, journal: Journal) {
    this.#site = site;
    this.#command = command;
    this.#choices = choices;
    this.#journal = journal;
  }

  async step(): Promise<void> {
    const which = this.#choices.pick<'source' | 'sink'>(['source', 'sink']);
    const wait = this.#choices.between(5_000, 40_000);
    if (Date.now() < this.#next) return;
    const { restart } = this.#site[which];
    if (restart === undefined && this.#command !== undefined) {
      this.#journal.note(this.name, 'restarts the real servers');
      await once(spawn('/bin/sh', ['-c', this.#command], { stdio: 'ignore' }), 'exit');
      this.#next = Date.now() + REAL_EVERY;
      this.#journal.note(this.name, 'has restarted the real servers');
      return;
    }
    this.#next = Date.now() + wait;
    if (restart === undefined) return;
    this.#journal.note(this.name, `kills the ${which}`);
    await restart();
    this.#journal.note(this.name, `has started the ${which}`);
  }

  pause(): number {
    return 1_000;
  }

  close(): void {
    // Each restart has ended.
  }
}
