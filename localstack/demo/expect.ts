import { setTimeout as delay } from 'node:timers/promises';
import type { Rows, SqlPrompt } from './sql-prompt.ts';

const LOOK_EVERY = 50;
const PATIENCE = 60_000;

/** A text that is the same for the same rows in any order. */
const textOf = (rows: Rows): string => JSON.stringify(rows.map((row) => JSON.stringify(row)).sort());

export function expectRows(found: Rows, wanted: Rows, where: string): void {
  if (textOf(found) === textOf(wanted)) return;
  throw new Error(`${where} should hold ${JSON.stringify(wanted)} and holds ${JSON.stringify(found)}.`);
}

/** Repeats a query until it returns these rows. Returns a line for the reader that says how long it took. */
export async function untilRows(sql: SqlPrompt, query: string, wanted: Rows): Promise<string> {
  const start = performance.now();
  let found: string | undefined;
  while (found !== textOf(wanted)) {
    if (performance.now() - start > PATIENCE) {
      throw new Error(`After ${PATIENCE / 1000} s the sink still shows ${found ?? 'nothing'} for: ${query}`);
    }
    if (found !== undefined) await delay(LOOK_EVERY);
    // The table may not exist yet.
    found = await sql.rows(query).then(textOf, String);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  return `-- The sink held it ${seconds} s after the step before had returned (looked every ${LOOK_EVERY} ms).\n\n`;
}

/** Repeats a query for a while, and throws if its rows change. */
export async function staysSo(sql: SqlPrompt, query: string, wanted: Rows, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    expectRows(await sql.rows(query), wanted, 'The sink');
    await delay(LOOK_EVERY);
  }
}
