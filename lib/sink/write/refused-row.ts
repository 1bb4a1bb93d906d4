import type { ErrorCode } from '../../error-codes.ts';
import { isKeyless } from '../../data/change.ts';
import type { Changes, Rows } from '../../data/row-block.ts';
import type { SinkTable } from '../../replication/endpoints/sink-tables.ts';
import { explainedRefusal, isErrorOf } from '../../data/table-error.ts';
import type { Connection } from '../../wire/connection.ts';
import type { ConnectionPool } from '../../wire/connection-pool.ts';
import type { Writing } from '../../sql/statements.ts';
import { RowTrials } from './row-trials.ts';

/** How rows of a table are written. */
export interface TableWriters {
  readonly writing: (connection: Connection, table: SinkTable) => Promise<Writing>;
  /** The table as the sink has it. */
  readonly own: (connection: Connection, table: SinkTable) => Promise<SinkTable>;
}

/** How long to look for a row. Milliseconds. */
const LONGEST_MS = 30_000;
/** A statement that takes longer beyond that ends with its session. Milliseconds. */
const LONGEST_STATEMENT_MS = 10_000;

/**
 * Finds the row for which the sink refuses these changes of a table: servers seldom name the row's key or the column,
 * and never both. See SinkWriter.explainRefusal. Throws when time is up, or when the sink fails for another reason.
 */
export class RefusedRows {
  readonly #pool: ConnectionPool;
  readonly #writers: TableWriters;
  readonly #longest: number;

  constructor(pool: ConnectionPool, writers: TableWriters, longest = LONGEST_MS) {
    this.#pool = pool;
    this.#writers = writers;
    this.#longest = longest;
  }

  async find(table: SinkTable, code: ErrorCode, changes: AsyncIterable<Changes>): Promise<string | undefined> {
    if (isKeyless(table.schema)) return undefined;
    const until = performance.now() + this.#longest;
    // Nothing else may use the session, which commits no more by itself.
    const connection = await this.#pool.acquire();
    const late = setTimeout(() => {
      connection.destroy();
    }, this.#longest + LONGEST_STATEMENT_MS);
    try {
      const writing = await this.#writers.writing(connection, table);
      const own = await this.#writers.own(connection, table);
      return await new RowTrials(connection, { table: own, writing, code }, until).find(changes);
    } finally {
      clearTimeout(late);
      this.#pool.discard(connection);
    }
  }

  /** Explains a refusal (see explainedRefusal) by a transaction over several tables, whose changes are held. */
  async explainedAmong(
    thrown: unknown,
    held: readonly { readonly table: SinkTable; readonly changes: readonly Changes[] }[],
  ): Promise<unknown> {
    const refused = held.find(({ table }) => isErrorOf(table.schema.table, thrown));
    if (refused === undefined) return thrown;
    const { table, changes } = refused;
    return await explainedRefusal(thrown, ({ code }) => this.find(table, code, rereadable(changes)));
  }

  /** The same for the rows of a load, which can be read once more. */
  explainedLoad(thrown: unknown, table: SinkTable, rows: AsyncIterable<Rows>): Promise<unknown> {
    const changes = { [Symbol.asyncIterator]: () => asChanges(rows) };
    return explainedRefusal(thrown, ({ code }) => this.find(table, code, changes));
  }
}

const rereadable = (parts: readonly Changes[]): AsyncIterable<Changes> => ({
  async *[Symbol.asyncIterator]() {
    yield* await Promise.resolve(parts);
  },
});

async function* asChanges(rows: AsyncIterable<Rows>): AsyncGenerator<Changes, void, undefined> {
  for await (const some of rows) yield Array.from(some, (row) => ({ deleted: false, row }));
}
