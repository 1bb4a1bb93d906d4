import type { ErrorCode } from '../../error-codes.ts';
import { CdcError } from '../../errors.ts';
import type { TableSchema } from '../../data/change.ts';
import type { RowsToFollow, SchemaChange, SinkTable } from '../../replication/endpoints/sink-tables.ts';
import { tableKey, type TableName, type TableKey } from '../../task/task.ts';
import { alter, alterTable, lacking, statementsFor } from './alter-table.ts';
import { type Altering, ensureTable } from './table-setup.ts';
import { modifyClause } from '../dialect/column-clauses.ts';
import type { Dialect } from '../dialect/dialect.ts';
import type { Fence } from '../bookkeeping/fence.ts';
import { quoteTable } from '../../sql/identifier.ts';
import { oneStatement } from '../../sql/one-statement.ts';
import type { Connection } from '../../wire/connection.ts';
import type { ConnectionPool } from '../../wire/connection-pool.ts';

/** Errors by which a server says that it cannot have an index. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['SINK_ERROR', 'SINK_ROW_REJECTED', 'SINK_TABLE_UNSUPPORTED']);

/**
 * Changes the schema of sink tables in two steps: one before and one after the rows of a window. Each step looks at the
 * table first, so a step may be repeated from any point. MySQL commits before DDL: the fence row stays locked until
 * then, so no worker runs a statement after another worker has taken over.
 */
export class TableAlterer {
  readonly #pool: ConnectionPool;
  readonly #fence: Fence;
  readonly #dialect: Dialect;
  /** Tables whose columns this worker has altered to the source's. */
  readonly #columnsDone = new Set<TableKey>();

  constructor(pool: ConnectionPool, fence: Fence, dialect: Dialect) {
    this.#pool = pool;
    this.#fence = fence;
    this.#dialect = dialect;
  }

  /** Creates the table. If the table exists, only checks that it fits. */
  async create(table: SinkTable): Promise<void> {
    await this.#pool.use((connection) =>
      ensureTable({ connection, run: (sql) => this.#alone(connection, sql) }, this.#dialect, table),
    );
  }

  async alter(table: SinkTable, before: TableSchema | undefined, rows: RowsToFollow): Promise<void> {
    const key = tableKey(table.name);
    this.#columnsDone.delete(key);
    if (this.#dialect.renamesAlone) await this.#rename(table, before);
    const done = await this.#fenced((at) => alterTable(at, this.#dialect, table, before, rows));
    if (done) this.#columnsDone.add(key);
  }

  /** Renames each column in a transaction of its own: see Dialect.renamesAlone. */
  async #rename(table: SinkTable, before: TableSchema | undefined): Promise<void> {
    const plan = await this.#pool.use((connection) => lacking(connection, this.#dialect, table, before));
    for (const clause of plan?.renames ?? []) await this.#fenced((at) => alter(at, this.#dialect, table, [clause]));
  }

  async statementsFor(change: SchemaChange): Promise<string[]> {
    const statements = await this.#pool.use((connection) => statementsFor(connection, this.#dialect, change));
    return statements.map(oneStatement);
  }

  async drop(name: TableName): Promise<void> {
    await this.#fenced((at) => at.run(`drop table if exists ${quoteTable(name)}`));
  }

  /** Adds what had to wait for the rows. Returns the names of new source indexes that the sink table does not get. */
  async finish(table: SinkTable, before: TableSchema | undefined): Promise<string[]> {
    const known = this.#columnsDone.delete(tableKey(table.name));
    const plan = await this.#fenced(async (at) => {
      const found = await lacking(at.connection, this.#dialect, table, before);
      const needed = found?.addIndexes.filter(({ optional }) => !optional) ?? [];
      const modify = known ? [] : (found?.modify ?? []).map(modifyClause);
      await alter(at, this.#dialect, table, [...modify, ...needed.map(({ line }) => `add ${line}`)]);
      return found;
    });
    const left = [...(plan?.left ?? [])];
    for (const { name, line, optional } of plan?.addIndexes ?? []) {
      if (optional && !(await this.#try(table, `add ${line}`))) left.push(name);
    }
    return left;
  }

  /** Uses a transaction of its own, so that a refusal undoes nothing else. */
  async #try(table: SinkTable, clause: string): Promise<boolean> {
    try {
      await this.#fenced((at) => alter(at, this.#dialect, table, [clause]));
      return true;
    } catch (error) {
      if (error instanceof CdcError && REFUSALS.has(error.code)) return false;
      throw error;
    }
  }

  async #alone(connection: Connection, statement: string): Promise<void> {
    const sql = oneStatement(statement);
    if (this.#dialect.commitsBeforeDdl) await this.#fence.statement(connection, sql);
    else await this.#fence.write(connection, undefined, () => connection.query(sql));
  }

  /** Runs `work` in one transaction if DDL can be part of one. If not, fences each statement by itself. */
  #fenced<T>(work: (at: Altering) => Promise<T>): Promise<T> {
    return this.#pool.use((connection) => {
      if (this.#dialect.commitsBeforeDdl) {
        return work({ connection, run: async (sql) => this.#fence.statement(connection, oneStatement(sql)) });
      }
      const run = async (sql: string): Promise<void> => {
        await connection.query(oneStatement(sql));
      };
      return this.#fence.write(connection, undefined, () => work({ connection, run }));
    });
  }
}
