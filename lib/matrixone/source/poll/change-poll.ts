import type { Pin } from '../../../data/position.ts';
import { tableKey, type TableName, type TableKey } from '../../../task/task.ts';
import { someConcurrently } from '../../../concurrency/concurrently.ts';
import { batches, type UnchangedTables } from './unchanged-tables.ts';

/**
 * After a look at all tables that found nothing, rests this many times its length: looks take a quarter of the time.
 */
const REST = 3;

/**
 * Asks whether any of many live tables has changed. Asks the tables first that changed last, and stops at a change.
 */
export class ChangePoll {
  readonly #unchanged: UnchangedTables;
  readonly #changed: (table: TableName, since: Pin) => Promise<boolean>;
  /** `db.table`; the table that changed last is the last one. */
  readonly #recent = new Set<TableKey>();
  #restUntil = 0;

  /** `changed` asks about one table. */
  constructor(unchanged: UnchangedTables, changed: (table: TableName, since: Pin) => Promise<boolean>) {
    this.#unchanged = unchanged;
    this.#changed = changed;
  }

  /** Also false while resting after a look that found nothing. */
  async changedSince(tables: readonly TableName[], since: Pin, lanes: number): Promise<boolean> {
    const begun = Date.now();
    if (begun < this.#restUntil) return false;
    const found = await someConcurrently([...batches(this.#inOrder(tables))], lanes, (batch) =>
      this.#anyOf(batch, since),
    );
    this.#restUntil = found ? 0 : Date.now() + REST * (Date.now() - begun);
    return found;
  }

  /** Remembers tables that have changed, according to a poll or a window. */
  note(keys: Iterable<TableKey>): void {
    for (const key of keys) {
      this.#recent.delete(key);
      this.#recent.add(key);
    }
  }

  async #anyOf(tables: readonly TableName[], since: Pin): Promise<boolean> {
    const { same, note } = await this.#unchanged.since(tables, since);
    for (const table of tables.filter((table) => !same.has(tableKey(table)))) {
      if (await this.#changed(table, since)) {
        this.note([tableKey(table)]);
        return true;
      }
      note(table);
    }
    return false;
  }

  #inOrder(tables: readonly TableName[]): TableName[] {
    const byKey = new Map(tables.map((table) => [tableKey(table), table] as const));
    const recent = [...this.#recent].reverse().flatMap((key) => byKey.get(key) ?? []);
    return [...recent, ...tables.filter((table) => !this.#recent.has(tableKey(table)))];
  }
}
