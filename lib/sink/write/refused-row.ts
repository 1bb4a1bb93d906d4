import { type ErrorCode, isOfScope } from '../../error-codes.ts';
import { CdcError } from '../../errors.ts';
import { isKeyless } from '../../data/change.ts';
import type { Changes, Rows } from '../../data/row-block.ts';
import type { SinkTable } from '../../replication/endpoints/sink-tables.ts';
import { TableError, withRefusedRow } from '../../data/table-error.ts';
import { tableKey } from '../../task/task.ts';
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

  /** The error with the refused row; the error itself if that is not found, or if it is no refusal of a row. */
  async explained(thrown: unknown, table: SinkTable, changes: AsyncIterable<Changes>): Promise<unknown> {
    if (!(thrown instanceof CdcError) || !isOfScope(thrown.code, 'row')) return thrown;
    try {
      const said = await this.find(table, thrown.code, changes);
      return said === undefined ? thrown : withRefusedRow(thrown, said);
    } catch {
      return thrown;
    }
  }

  /** The same for a transaction over several tables, whose changes are held. */
  async explainedAmong(
    thrown: unknown,
    held: readonly { readonly table: SinkTable; readonly changes: readonly Changes[] }[],
  ): Promise<unknown> {
    const isRefused = ({ schema }: SinkTable): boolean =>
      thrown instanceof TableError && tableKey(schema.table) === thrown.table;
    const refused = held.find(({ table }) => isRefused(table));
    return refused === undefined ? thrown : await this.explained(thrown, refused.table, rereadable(refused.changes));
  }

  /** The same for the rows of a load, which can be read once more. */
  explainedLoad(thrown: unknown, table: SinkTable, rows: AsyncIterable<Rows>): Promise<unknown> {
    return this.explained(thrown, table, { [Symbol.asyncIterator]: () => asChanges(rows) });
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
