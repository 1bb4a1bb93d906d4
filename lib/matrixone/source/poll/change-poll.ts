import type { Pin } from '../../../data/position.ts';
import { tableKey, type TableName } from '../../../task/task.ts';
import { someConcurrently } from '../../../concurrency/concurrently.ts';
import { batches, type UnchangedTables } from './unchanged-tables.ts';

/** A look at all tables that finds nothing is followed by so many times its length without one: a quarter of the time. */
const REST = 3;

/** Asks many live tables whether any has changed: those first that changed last, and no more once one has. */
export class ChangePoll {
  readonly #unchanged: UnchangedTables;
  readonly #changed: (table: TableName, since: Pin) => Promise<boolean>;
  /** By `db.table`; what changed last comes last. */
  readonly #recent = new Set<string>();
  #restUntil = 0;

  /** `changed` asks a single table. */
  constructor(unchanged: UnchangedTables, changed: (table: TableName, since: Pin) => Promise<boolean>) {
    this.#unchanged = unchanged;
    this.#changed = changed;
  }

  /** False, too, right after a look that has found nothing. */
  async changedSince(tables: readonly TableName[], since: Pin, lanes: number): Promise<boolean> {
    const begun = Date.now();
    if (begun < this.#restUntil) return false;
    const found = await someConcurrently([...batches(this.#inOrder(tables))], lanes, (batch) =>
      this.#anyOf(batch, since),
    );
    this.#restUntil = found ? 0 : Date.now() + REST * (Date.now() - begun);
    return found;
  }

  /** They changed, as a poll or a window found. */
  note(keys: Iterable<string>): void {
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
