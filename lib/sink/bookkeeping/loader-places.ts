import type { Bookkeeping } from './bookkeeping.ts';
import { quoteText } from '../../sql/literal.ts';
import type { Connection } from '../../wire/connection.ts';

/** Seconds since 1970. The worker that holds the fence keeps its place until another epoch takes it away. */
const FOR_EVER = 253_402_300_799;

/**
 * The places of workers that load: one row each, held until a time of the server's own clock, so that the workers'
 * clocks do not matter. Only the holder of the fence inserts rows. A loader that wakes up after the task was dropped
 * finds no row, and leaves none behind.
 */
export class LoaderPlaces {
  readonly #books: Bookkeeping;

  constructor(books: Bookkeeping) {
    this.#books = books;
  }

  /** Runs in a transaction of the fence. Loaders keep the places they have, except the first. */
  async open(connection: Connection, owner: string, count: number): Promise<void> {
    const { loaders, taskId } = this.#books;
    const { rows } = await connection.query(`select place from ${loaders} where task_id = ${taskId}`);
    const there = new Set(rows.map(([place]) => Number(place)));
    for (const place of [...there].filter((each) => each === 0 || each >= count)) {
      // One DELETE per place: a range would lock the gap in which other tasks insert their rows.
      await connection.query(`delete from ${loaders} where task_id = ${taskId} and place = ${place}`);
      there.delete(place);
    }
    const missing = Array.from({ length: count }, (_, place) => place).filter((place) => !there.has(place));
    const items = missing.map((place) =>
      place === 0
        ? `(${taskId}, 0, ${quoteText(owner)}, ${FOR_EVER})`
        : `(${taskId}, ${place}, ${quoteText(`nobody ${place}`)}, 0)`,
    );
    await connection.query(`insert into ${loaders} (task_id, place, owner, held_until) values ${items.join(', ')}`);
  }

  async hold(connection: Connection, place: number, owner: string, milliseconds: number): Promise<boolean> {
    const { loaders, taskId } = this.#books;
    const text = quoteText(owner);
    // Adds one at least: some servers do not count a row as affected if its values stay the same.
    const until = milliseconds === 0 ? '0' : `greatest(held_until + 1, unix_timestamp() + ${seconds(milliseconds)})`;
    const { affectedRows } = await connection.query(
      `update ${loaders} set owner = ${text}, held_until = ${until}
       where task_id = ${taskId} and place = ${place} and (owner = ${text} or held_until <= unix_timestamp())`,
    );
    return affectedRows === 1;
  }

  async free(connection: Connection): Promise<number[]> {
    const { rows } = await connection.query(
      `select place from ${this.#books.loaders}
       where task_id = ${this.#books.taskId} and held_until <= unix_timestamp() order by place`,
    );
    return rows.map(([place]) => Number(place));
  }

  /** Owners of the places that are held now. */
  async owners(connection: Connection): Promise<string[]> {
    const { rows } = await connection.query(
      `select owner from ${this.#books.loaders}
       where task_id = ${this.#books.taskId} and held_until > unix_timestamp()`,
    );
    return rows.map(([owner]) => owner?.toString('utf8') ?? '');
  }

  /** Takes all places away. */
  async close(connection: Connection): Promise<void> {
    await connection.query(`delete from ${this.#books.loaders} where task_id = ${this.#books.taskId}`);
  }
}

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1_000);
