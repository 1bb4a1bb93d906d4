import { setTimeout as delay } from 'node:timers/promises';
import type { SqlClient } from '../../support/sql-client.ts';

/** Between two looks at whether the sink has the changes. */
const LOOK_EVERY = 5;
const LIMIT = 300_000;

/** `changes` rows of a table of `rows`, evenly spread over its keys (0, 1, 2 …). */
export class Spread {
  readonly #rows: number;
  readonly changes: number;

  constructor(rows: number, changes: number) {
    this.#rows = rows;
    this.changes = changes;
  }

  /** The condition that picks them. */
  get where(): string {
    return `(id * cast(${this.changes} as signed)) % ${this.#rows} < ${this.changes}`;
  }

  /** The first of them, one in the middle, the last. */
  get some(): number[] {
    const last = this.changes - 1;
    return [0, last >> 1, last].map((which) => Math.ceil((which * this.#rows) / this.changes));
  }
}

/** One statement, and so one transaction: `stamp` marks the rows that it has changed. */
export const change = (client: SqlClient, table: string, { where }: Spread, stamp: number): Promise<void> =>
  client.run(`update ${table} set n = ${stamp} where ${where}`);

/** Waits until the sink has them all; when that was, in milliseconds of performance.now(). */
export async function arrived(client: SqlClient, table: string, spread: Spread, stamp: number): Promise<number> {
  const ids = [...new Set(spread.some)];
  const end = performance.now() + LIMIT;
  for (;;) {
    // Rows of a transaction come together: three of them tell, and to count all is to have the sink read the table.
    const found = await client.number(`select count(*) from ${table} where id in (${ids.join(',')}) and n = ${stamp}`);
    const at = performance.now();
    if (found === ids.length) {
      const all = await client.number(`select count(*) from ${table} where n = ${stamp}`);
      if (all === spread.changes) return at;
    }
    if (at > end) throw new Error(`The sink has not got the changes in ${LIMIT / 1_000} s.`);
    await delay(LOOK_EVERY);
  }
}
