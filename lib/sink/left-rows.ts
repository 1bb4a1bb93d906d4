import type { EndLeftovers, FoundTrace } from '../leftovers/findings.ts';
import { quoteText } from '../sql/literal.ts';
import type { DatabaseAddress } from '../task/uri/database-uri.ts';
import type { Connection } from '../wire/connection.ts';
import { ConnectionPool } from '../wire/connection-pool.ts';
import { sinkErrors } from '../wire/end-errors.ts';
import { SessionSettings } from '../wire/session-settings.ts';
import { bookkeeping, type Bookkeeping, isMissing } from './bookkeeping/bookkeeping.ts';
import type { Dialect } from './dialect/dialect.ts';

/** The rows that tasks keep in the bookkeeping database, at a sink. */
export class LeftRows implements EndLeftovers {
  readonly #pool: ConnectionPool;
  readonly #books: Bookkeeping;

  constructor(address: DatabaseAddress, dialect: Dialect, database: string, signal: AbortSignal) {
    const toError = sinkErrors((error) => dialect.classify(error));
    const settings = new SessionSettings(dialect.settings, toError);
    this.#pool = new ConnectionPool({ address, settings, toError }, signal);
    this.#books = bookkeeping(database, '', dialect);
  }

  async find(): Promise<FoundTrace[]> {
    const counts = new Map<string, number>();
    for (const table of this.#books.ofTasks) {
      for (const [taskId, count] of await this.#rows(`select task_id, count(*) from ${table} group by task_id`)) {
        counts.set(taskId, (counts.get(taskId) ?? 0) + count);
      }
    }
    const age = 'timestampdiff(second, updated_at, current_timestamp)';
    const ages = new Map(await this.#rows(`select task_id, ${age} from ${this.#books.fence}`));
    return [...counts].map(([taskId, count]) => ({
      end: 'sink',
      taskId,
      what: count === 1 ? '1 row' : `${count} rows`,
      usedAt: Date.now() - (ages.get(taskId) ?? Infinity) * 1_000,
    }));
  }

  /** The fence first: an old worker that wakes up then finds no row to advance. */
  async remove(taskId: string): Promise<void> {
    for (const table of this.#books.ofTasks) {
      await this.#unlessMissing((connection) =>
        connection.query(`delete from ${table} where task_id = ${quoteText(taskId)}`),
      );
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #rows(query: string): Promise<(readonly [string, number])[]> {
    const found = await this.#unlessMissing((connection) => connection.query(query));
    return (found?.rows ?? []).map(([id, number]) => [id?.toString('utf8') ?? '', Number(number?.toString('latin1'))]);
  }

  async #unlessMissing<T>(work: (connection: Connection) => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#pool.use(work);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}
