import type { TakenTable } from '../../data/taken-table.ts';
import { isCdcError } from '../../errors.ts';
import { tableKey, type TableName } from '../../task/task.ts';
import { isMissing, type Bookkeeping } from './bookkeeping.ts';
import { quoteText } from '../../sql/literal.ts';
import type { Connection } from '../../wire/connection.ts';
import { statements } from '../../sql/statements.ts';

/** Bytes: some hundred tables a statement. */
const LIMITS = { longest: 20_000 };

/** Tries against tasks that begin at the same time. After the last one the error is retried like any lock. */
const MOST_TRIES = 5;

/** Tables by their name as the server compares it. */
type Names = ReadonlyMap<string, TableName>;

/**
 * Which task owns each replicated table: one row per table, beside the fences, so that tasks of several deployments see
 * one another. Rows of a task without a fence do not count.
 */
export class TableOwners {
  readonly #books: Bookkeeping;
  /** Does the server distinguish names by case? A server never changes its answer, so it is asked once. */
  #isExact: boolean | undefined;

  constructor(books: Bookkeeping) {
    this.#books = books;
  }

  /** The tables that another task owns. */
  async taken(connection: Connection, tables: readonly TableName[]): Promise<TakenTable[]> {
    const { owners, fence, taskId } = this.#books;
    const names = await this.#names(connection, tables);
    const found: TakenTable[] = [];
    const head = `select o.table_name, o.task_id from ${owners} o join ${fence} f on f.task_id = o.task_id
      where o.task_id <> ${taskId} and o.table_name in (`;
    for (const statement of statements(head, quoted(names), ')', LIMITS)) {
      const { rows } = await connection.query(statement);
      for (const [table, other] of rows) {
        const name = names.get(text(table));
        if (name !== undefined) found.push({ name, taskId: text(other) });
      }
    }
    return found;
  }

  /** Does the task own all of these tables already? */
  async hasAll(connection: Connection, tables: readonly TableName[]): Promise<boolean> {
    const own = await this.#own(connection);
    return [...(await this.#names(connection, tables)).keys()].every((key) => own.has(key));
  }

  /**
   * Runs in a transaction of the fence. Makes the task the owner of every table that no other task owns. Throws
   * SINK_DUPLICATE_KEY if another task does so at the same time.
   */
  async take(connection: Connection, tables: readonly TableName[]): Promise<void> {
    const { owners, taskId } = this.#books;
    const others = new Set((await this.taken(connection, tables)).map(({ name }) => tableKey(name)));
    const free = tables.filter((name) => !others.has(tableKey(name)));
    const own = await this.#own(connection);
    const names = new Map([...(await this.#names(connection, free))].filter(([key]) => !own.has(key)));
    await this.#forgetGone(connection, names);
    const rows = quoted(names).map((key) => `(${key}, ${taskId})`);
    const head = `insert into ${owners} (table_name, task_id) values `;
    for (const statement of statements(head, rows, '', LIMITS)) await connection.query(statement);
  }

  /** Names of tables that the task owns and no longer replicates. */
  async others(connection: Connection, kept: readonly TableName[]): Promise<string[]> {
    const names = await this.#names(connection, kept);
    return [...(await this.#own(connection))].filter((key) => !names.has(key));
  }

  /** Runs in a transaction of the fence. */
  async free(connection: Connection, keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#delete(connection, quoteText(key), this.#books.taskId);
  }

  /** Names of all tables that the task owns. None if the owners' table is missing: older versions did not make one. */
  async owned(connection: Connection): Promise<string[]> {
    try {
      return [...(await this.#own(connection))];
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** Deletes rows whose owner has no fence any more. */
  async #forgetGone(connection: Connection, names: Names): Promise<void> {
    const { owners, fence } = this.#books;
    const head = `select o.table_name, o.task_id from ${owners} o left join ${fence} f on f.task_id = o.task_id
      where f.task_id is null and o.table_name in (`;
    for (const statement of statements(head, quoted(names), ')', LIMITS)) {
      const { rows } = await connection.query(statement);
      for (const [table, gone] of rows) await this.#delete(connection, quoteText(text(table)), quoteText(text(gone)));
    }
  }

  /**
   * One DELETE per table: for several keys, InnoDB may read all rows of a small table and wait for other tasks' rows,
   * while they wait for ours.
   */
  async #delete(connection: Connection, key: string, taskId: string): Promise<void> {
    await connection.query(`delete from ${this.#books.owners} where table_name = ${key} and task_id = ${taskId}`);
  }

  /** Keys are in lower case if the server ignores case. */
  async #names(connection: Connection, tables: readonly TableName[]): Promise<Names> {
    this.#isExact ??= text((await connection.query('select @@lower_case_table_names')).rows[0]?.[0]) === '0';
    const isExact = this.#isExact;
    return new Map(tables.map((name) => [isExact ? tableKey(name) : tableKey(name).toLowerCase(), name]));
  }

  async #own(connection: Connection): Promise<ReadonlySet<string>> {
    const { owners, taskId } = this.#books;
    const { rows } = await connection.query(`select table_name from ${owners} where task_id = ${taskId}`);
    return new Set(rows.map(([table]) => text(table)));
  }
}

/**
 * Takes tables while other tasks may do the same. If another task was quicker, the next try sees its rows. MariaDB from
 * 11.6 on may report that the rows read have changed (1020), where other servers report a duplicate key.
 */
export async function despiteOthers(take: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await take();
      return;
    } catch (error) {
      const isRace = isCdcError(error, 'SINK_DUPLICATE_KEY') || isCdcError(error, 'SINK_LOCKED');
      if (!isRace || tries === MOST_TRIES) throw error;
    }
  }
}

const quoted = (names: Names): string[] => [...names.keys()].map(quoteText);

const text = (value: Buffer | null | undefined): string => value?.toString('utf8') ?? '';
