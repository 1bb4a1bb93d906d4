import type { TableMapping } from '../../task/task.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { Reshaped } from '../tables/schema-changes.ts';
import type { SetChange } from '../tables/table-set.ts';
import type { BegunReads } from './begun-reads.ts';

/** The work of a window. A table without changes is in none of the lists. */
export interface WindowPlan {
  /** Tables with net changes whose rows have the same columns and key at both ends of the window. */
  readonly changed: readonly SinkTable[];
  /** Tables whose indexes, defaults or the like changed, with or without net changes. */
  readonly altered: readonly Reshaped[];
  /**
   * Tables to compare with their sink tables. Net changes do not lead from one end to the other, since the table was
   * altered, truncated or made anew, or the source cannot compute its changes. Also tables that come back, over the
   * rows that the task left at the sink.
   */
  readonly reshaped: readonly Reshaped[];
  /** Tables that are new to the task, to be loaded. */
  readonly added: readonly TableMapping[];
  /** Tables that are new to the task and come without their rows: only later changes count. */
  readonly created: readonly TableMapping[];
  /** Source tables (`db.table`) named by the task that do not exist at the window's end. */
  readonly missing: readonly string[];
  /** Tables to drop at the sink: their source tables existed at the window's beginning and are gone. */
  readonly gone: readonly TableMapping[];
  readonly set: SetChange;
}

/** The steps that may start early while a new window is planned. */
export interface Opening {
  readonly reads: BegunReads;
  /** Called once it is certain that the window holds nothing that could stop the task. */
  onlyRows(): void;
}
