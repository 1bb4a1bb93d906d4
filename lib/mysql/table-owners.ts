import type { TakenTable } from '../replication/taken-table.ts';
import { tableKey, type TableName } from '../task/task.ts';
import { isMissing, type Bookkeeping } from './bookkeeping.ts';
import { quoteText } from './literal.ts';
import type { Session } from './session.ts';

/** Tables of one statement. */
const AT_ONCE = 500;

/** Tables by the name that the server tells them apart by. */
type Names = ReadonlyMap<string, TableName>;

/**
 * Whose each replicated table is: one row a table, beside the fences, so that tasks of several deployments know of one
 * another. Rows of a task that has no fence any more count for nothing.
 */
export class TableOwners {
  readonly #books: Bookkeeping;

  constructor(books: Bookkeeping) {
    this.#books = books;
  }

  /** Those that another task has. */
  async taken(session: Session, tables: readonly TableName[]): Promise<TakenTable[]> {
    const { owners, fence, taskId } = this.#books;
    const names = await namesAt(session, tables);
    const found: TakenTable[] = [];
    for (const some of portions(names)) {
      const { rows } = await session.query(
        `select o.table_name, o.task_id from ${owners} o join ${fence} f on f.task_id = o.task_id
         where o.table_name in (${some.join(', ')}) and o.task_id <> ${taskId}`,
      );
      for (const [table, other] of rows) {
        const name = names.get(text(table));
        if (name !== undefined) found.push({ name, taskId: text(other) });
      }
    }
    return found;
  }

  /** Are all of them the task's own already? */
  async hasAll(session: Session, tables: readonly TableName[]): Promise<boolean> {
    const own = await this.#own(session);
    return [...(await namesAt(session, tables)).keys()].every((key) => own.has(key));
  }

  /**
   * Within a transaction of the fence: makes all of them the task's own that are not another's. SINK_DUPLICATE_KEY when
   * another task does so at the same time.
   */
  async take(session: Session, tables: readonly TableName[]): Promise<void> {
    const { owners, taskId } = this.#books;
    const others = new Set((await this.taken(session, tables)).map(({ name }) => tableKey(name)));
    const free = tables.filter((name) => !others.has(tableKey(name)));
    const own = await this.#own(session);
    const names = new Map([...(await namesAt(session, free))].filter(([key]) => !own.has(key)));
    for (const some of portions(names)) {
      await this.#forgetGone(session, some);
      const rows = some.map((key) => `(${key}, ${taskId})`);
      await session.query(`insert into ${owners} (table_name, task_id) values ${rows.join(', ')}`);
    }
  }

  /** Names of tables that the task owns and does not have any more. */
  async others(session: Session, kept: readonly TableName[]): Promise<string[]> {
    const names = await namesAt(session, kept);
    return [...(await this.#own(session))].filter((key) => !names.has(key));
  }

  /** Within a transaction of the fence. */
  async free(session: Session, keys: readonly string[]): Promise<void> {
    for (const some of inPortions(keys.map(quoteText))) await this.#delete(session, some, this.#books.taskId);
  }

  /** Names of all tables that the task owns; none where tables had no owners yet. */
  async owned(session: Session): Promise<string[]> {
    try {
      return [...(await this.#own(session))];
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** What was another's that has no fence. */
  async #forgetGone(session: Session, keys: readonly string[]): Promise<void> {
    const { owners, fence } = this.#books;
    const { rows } = await session.query(
      `select distinct o.task_id from ${owners} o left join ${fence} f on f.task_id = o.task_id
       where o.table_name in (${keys.join(', ')}) and f.task_id is null`,
    );
    for (const [gone] of rows) await this.#delete(session, keys, quoteText(text(gone)));
  }

  /**
   * One by one: of several keys at once InnoDB may look for in all rows of a small table, and waits for those of other
   * tasks, and they for ours.
   */
  async #delete(session: Session, keys: readonly string[], taskId: string): Promise<void> {
    for (const key of keys) {
      await session.query(`delete from ${this.#books.owners} where table_name = ${key} and task_id = ${taskId}`);
    }
  }

  async #own(session: Session): Promise<ReadonlySet<string>> {
    const { owners, taskId } = this.#books;
    const { rows } = await session.query(`select table_name from ${owners} where task_id = ${taskId}`);
    return new Set(rows.map(([table]) => text(table)));
  }
}

/** Servers that do not tell names apart by case have them in any. */
async function namesAt(session: Session, tables: readonly TableName[]): Promise<Names> {
  const { rows } = await session.query('select @@lower_case_table_names');
  const isExact = text(rows[0]?.[0]) === '0';
  return new Map(tables.map((name) => [isExact ? tableKey(name) : tableKey(name).toLowerCase(), name]));
}

const portions = (names: Names): string[][] => inPortions([...names.keys()].map(quoteText));

function inPortions(keys: readonly string[]): string[][] {
  const count = Math.ceil(keys.length / AT_ONCE);
  return Array.from({ length: count }, (_, i) => keys.slice(i * AT_ONCE, (i + 1) * AT_ONCE));
}

const text = (value: Buffer | null | undefined): string => value?.toString('utf8') ?? '';
