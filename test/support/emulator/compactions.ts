import { literal } from './sql/quoting.ts';
import type { HistoryTable } from './history/history-table.ts';
import type { SideConnection } from './history/side.ts';
import { MatrixOneError } from './matrixone-error.ts';
import type { DiffEnd } from './statements/diff-select.ts';

/** Objects of a table that were merged into others. The old ones stay until a collector deletes them. */
interface Merge {
  readonly database: string;
  readonly table: string;
  readonly history: HistoryTable;
  readonly version: number;
  readonly checkpointed: boolean;
}

/** A collector has deleted the record of how the table came to be what it was at `version`. */
interface Collected {
  readonly version: number;
  /** How many times a collector has done so. */
  readonly times: number;
  /** The time (nanoseconds) from which on a PITR still holds that record. */
  readonly heldSince: string | undefined;
}

/**
 * Shows what MatrixOne does by itself over time, and on `mo_ctl`. A snapshot holds rows, but not the changes that led
 * from one snapshot to the next. These changes are lost in three steps: objects are merged, a global checkpoint is
 * made, and the old objects are collected. Then no diff leads from before the merge to after it, if anything was
 * written until the merge (4.2.0: error 20405, for good).
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
   * Does the diff still know the deletions? Throws if the changes between the two ends are lost. `since`: the time of
   * the base, in nanoseconds. A real server leaves out the deletions or fails, depending on how its objects lie. Here,
   * the diff leaves them out after the table's first collection, and fails after later ones.
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
