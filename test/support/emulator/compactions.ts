import { literal } from './sql/quoting.ts';
import type { HistoryTable } from './history/history-table.ts';
import type { SideConnection } from './history/side.ts';
import { MatrixOneError } from './matrixone-error.ts';
import type { DiffEnd } from './statements/diff-select.ts';

/** Objects of a table that were merged into others; the old ones stay as long as somebody may need them. */
interface Merge {
  readonly database: string;
  readonly table: string;
  readonly history: HistoryTable;
  readonly version: number;
  readonly checkpointed: boolean;
}

/** What a collector has taken away: how the table came to be what it was at `version`. */
interface Collected {
  readonly version: number;
  /** How often. */
  readonly times: number;
  /** The time, in nanoseconds, from which on a PITR has held it all the same. */
  readonly heldSince: string | undefined;
}

/**
 * What MatrixOne does by itself as time goes by, and on `mo_ctl`. A snapshot pins the rows that there were, and not what led
 * from one to the next: once objects are merged, a global checkpoint is made, and the old ones are collected, no diff leads
 * from before the merge, where anything was written until then, to after it (4.2.0: 20405, for good).
 */
export class Compactions {
  readonly #side: SideConnection;
  #merges: readonly Merge[] = [];
  readonly #collected = new Map<HistoryTable, Collected>();

  constructor(side: SideConnection) {
    this.#side = side;
  }

  merge(database: string, table: string, history: HistoryTable, version: number): void {
    this.#merges = [...this.#merges, { database, table, history, version, checkpointed: false }];
  }

  checkpoint(): void {
    this.#merges = this.#merges.map((merge) => ({ ...merge, checkpointed: true }));
  }

  async collect(): Promise<void> {
    for (const { database, table, history, version } of this.#merges.filter(({ checkpointed }) => checkpointed)) {
      const [row] = await this.#side.rows(
        `select min(create_time) from mo_catalog.mo_pitr where level = 'account' or (database_name = ${literal(database)}
         and (level = 'database' or table_name = ${literal(table)}))`,
      );
      const times = 1 + (this.#collected.get(history)?.times ?? 0);
      this.#collected.set(history, { version, times, heldSince: row?.[0] ?? undefined });
    }
    this.#merges = this.#merges.filter(({ checkpointed }) => !checkpointed);
  }

  /**
   * Does the diff still know the deletions? It fails where what led from one end to the other is gone. `since`: the time of
   * the base, in nanoseconds. Real servers do the one or the other, as their objects happen to lie; here, the first time that
   * a table's were collected, the diff leaves out deletions.
   */
  async knowsDeletions(base: DiffEnd, target: DiffEnd, since: string): Promise<boolean> {
    const collected = this.#collected.get(base.history);
    if (collected === undefined || base.version >= collected.version || target.version < collected.version) return true;
    const { version, times, heldSince } = collected;
    if (heldSince !== undefined && BigInt(since) >= BigInt(heldSince)) return true;
    const changes = await this.#side.rows(base.history.changedBetween(base.version, version));
    if (changes.length === 0) return true;
    if (times === 1) return false;
    throw new MatrixOneError(20405, 'file 01a229a5-3a62-77bc-85a6-b1ce8fe9e3ae_00000 is not found');
  }
}
