import { keepNewest } from '../../../keep-newest.ts';
import type { Pin, Window } from '../../../data/position.ts';
import { tableKey, type TableName, type TableKey } from '../../../task/task.ts';
import type { Use } from '../../server/kill-query.ts';
import { countRows } from './range-planner.ts';

/** Counts that are remembered per table: the end of one window is the beginning of the next. */
const REMEMBERED = 2;

/** Numbers of rows at pins. The server stores them with its blocks, and answers in a few milliseconds for any size. */
export class RowCounts {
  readonly #use: Use;
  /** By `db.table`, then by pin. */
  readonly #known = new Map<TableKey, Map<string, number>>();

  /** `use` lends a connection for reading at pins. */
  constructor(use: Use) {
    this.#use = use;
  }

  /** The number of rows at the window's end minus the number at its beginning. */
  async growth(table: TableName, { after, until }: Window): Promise<number> {
    const [before, now] = await Promise.all([this.#at(table, after), this.#at(table, until)]);
    return now - before;
  }

  async #at(table: TableName, pin: Pin): Promise<number> {
    const counts = this.#known.get(tableKey(table)) ?? new Map<string, number>();
    this.#known.set(tableKey(table), counts);
    const key = `${pin.name} ${pin.ts}`;
    const count = counts.get(key) ?? (await this.#use([pin], (connection) => countRows(connection, table, pin)));
    keepNewest(counts, key, count, REMEMBERED);
    return count;
  }
}
