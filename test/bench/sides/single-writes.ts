import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../topic.ts';
import type { FollowedTable } from './followed-table.ts';

/** The longest pause before a write: longer than the interval at which either side looks for changes. */
const PAUSE = 500;
/** Between two looks of the reader at the sink. */
const LOOK_EVERY = 2;
const LIMIT = 60_000;

/**
 * Inserts rows from the key `first` on, each at a random moment, once the one before has arrived. Milliseconds from
 * when the source has confirmed the commit until a reader of the sink sees the row.
 */
export async function writeSingly(
  { source, sink }: Bench,
  { from, to }: FollowedTable,
  first: number,
  writes: number,
): Promise<number[]> {
  const lags: number[] = [];
  for (let id = first; id < first + writes; id++) {
    await delay(Math.random() * PAUSE);
    await source.run(`insert into ${from} values (${id}, 'k', 'a new row', 1.5, '2026-01-01 00:00:00')`);
    const committed = performance.now();
    while ((await sink.number(`select count(*) from ${to} where id = ${id}`)) === 0) {
      if (performance.now() - committed > LIMIT) throw new Error(`Row ${id} has not arrived in ${LIMIT / 1_000} s.`);
      await delay(LOOK_EVERY);
    }
    lags.push(performance.now() - committed);
  }
  return lags;
}
