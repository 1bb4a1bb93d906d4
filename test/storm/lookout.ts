import type { Journal } from './journal.ts';
import type { Oracle } from './oracle.ts';

/** Has the oracle look, one look at a time, and remembers what it saw. */
export class Lookout {
  readonly #oracle: Oracle;
  readonly #journal: Journal;
  readonly differing: string[] = [];
  windows = 0;
  tables = 0;
  #busy = false;

  constructor(oracle: Oracle, journal: Journal) {
    this.#oracle = oracle;
    this.#journal = journal;
  }

  /** True when it was seen that source and sink are equal. A server that is down just now is no fault. */
  async look(): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    try {
      const found = await this.#oracle.look();
      this.#journal.note('oracle', found === undefined ? 'cannot tell' : 'compares', `${found?.compared ?? ''}`);
      if (found === undefined) return false;
      this.windows += 1;
      this.tables += found.compared;
      this.differing.push(...found.differing);
      for (const line of found.differing) this.#journal.note('oracle', 'FINDS A DIFFERENCE', line);
      return found.differing.length === 0;
    } catch (error) {
      this.#journal.note('oracle', 'sees nothing', String(error));
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
