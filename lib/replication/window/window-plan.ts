import type { TableMapping } from '../../task/task.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { Reshaped } from '../tables/schema-changes.ts';
import type { SetChange } from '../tables/table-set.ts';
import type { BegunReads } from './begun-reads.ts';

/** What a window has to do. Tables without changes are in none of the lists. */
export interface WindowPlan {
  /** Tables with net changes, whose rows are of one kind at both ends of the window. */
  readonly changed: readonly SinkTable[];
  /** Tables with other indexes, defaults or the like, with net changes or without. */
  readonly altered: readonly Reshaped[];
  /**
   * Tables that were altered, truncated or made anew: net changes do not lead from one to the other. Those whose changes
   * the source knows no more. And those that have come back, over the rows that the task left at the sink.
   */
  readonly reshaped: readonly Reshaped[];
  /** Tables that the task has not had before. */
  readonly added: readonly TableMapping[];
  /** Tables that the task has not had before and whose rows it is to leave out: only their changes from now on count. */
  readonly created: readonly TableMapping[];
  /** Named source tables (`db.table`) that do not exist at the window's end. */
  readonly missing: readonly string[];
  /** Sink tables that go with their source tables, which were there at the window's beginning. */
  readonly gone: readonly TableMapping[];
  readonly set: SetChange;
}

/** What may be done early while a new window is planned. */
export interface Opening {
  readonly reads: BegunReads;
  /** Called once it is certain that the window holds nothing that the task might have to stop at. */
  onlyRows(): void;
}
