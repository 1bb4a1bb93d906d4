import type { ErrorCode } from '../error-codes.ts';
import type { CheckProgress } from './check-progress.ts';
import type { Pin, PendingWindow } from '../data/position.ts';
import { NO_NOTES, type TableNotes } from './table-notes.ts';
import type { TableKey } from '../task/task.ts';

/** `finishing`: the task has reached its end, and its pins are being dropped. */
export const PHASES = ['new', 'load', 'window', 'finishing', 'finished'] as const;

/** How far a task has come. Only the worker with the lease writes it, always as a whole. */
export interface Progress {
  /** The generation that this progress belongs to; a restart raises the task's. */
  readonly generation: number;
  /** The selection (see TaskRecord) that the checkpoint or the load belongs to. */
  readonly selection: number;
  readonly phase: (typeof PHASES)[number];
  /** The pin that the load reads, until the load is done. */
  readonly loadPin: Pin | undefined;
  /**
   * `noted`: the sink refused a row of the load. Correcting the row at the source does not help, since that comes after
   * the load pin. `given-up`: a comparison of all tables is to replace the load.
   */
  readonly loadRefused?: 'noted' | 'given-up' | undefined;
  /**
   * The pins where the task stood before a restart, oldest first. Until the tables are loaded again, each sink table is
   * as it was at one of these pins, or between two of them.
   */
  readonly restartedFrom?: readonly Pin[] | undefined;
  /** The pin up to which the sink provably holds everything; undefined before the load is done. */
  readonly checkpoint: Pin | undefined;
  /** Stored before the first sink write of a window, so that after a crash the same window is finished. */
  readonly pending: PendingWindow | undefined;
  /**
   * Raised each time that the progress is stored. With each window, the sink's fence gets it too: a store that has less
   * was restored to an older state.
   */
  readonly saves: number;
  /** Number of the last completed window. A restart does not reset it. */
  readonly window: number;
  readonly tables: Readonly<Record<TableKey, TableProgress>>;
  /** Source tables (`db.table`) that did not exist at the checkpoint. Their sink tables stay as they are. */
  readonly missing: readonly TableKey[];
  /** The last check that was begun, as far as it has come. */
  readonly check: CheckProgress | undefined;
  /** Tables that the task selects but cannot replicate; for `show`. */
  readonly leftOut: TableNotes;
  /** Tables whose sink tables lack parts of the declaration, and which parts; for `show`. */
  readonly simplified: TableNotes;
  /**
   * Tables that a window compared because the source could not compute their changes: when last, and why; for `show`.
   */
  readonly compared: TableNotes;
  /**
   * Tables that were dropped at the source or taken out of the task, with what became of their sink tables. If a
   * dropped table comes back, the rows at the sink are the task's own.
   */
  readonly dropped: TableNotes;
  /** Source tables (`db.table`) that are set aside after an error of their own. Their sink tables stay as they are. */
  readonly aside: Readonly<Record<TableKey, AsideTable>>;
  /** When this worker began to load: for the estimate of its pace. */
  readonly loadRun: LoadRun | undefined;
  /** How long the PITR holds history, in milliseconds, as last seen; undefined as long as no pin needs a PITR. */
  readonly pitrReach: number | undefined;
  /** True when a PITR covers the task's tables; undefined when nobody has looked. For the advice of `show`. */
  readonly keptByPitr?: boolean | undefined;
  readonly rowsLoaded: number;
  readonly rowsApplied: number;
  /** When a step was last stored, and when the source last had nothing new; milliseconds since 1970. */
  readonly progressAt: number;
  readonly caughtUpAt: number;
  /** When the sink last got rows or a changed table, milliseconds since 1970; 0 if an earlier version stored it. */
  readonly changedAt: number;
}

/** Why a table is set aside, and since when (`at`, milliseconds since 1970). */
export interface AsideTable {
  readonly code: ErrorCode;
  readonly message: string;
  readonly action: string;
  readonly at: number;
  /** Number of the last check that was asked for at that time: only a later resync brings the table back. */
  readonly check: number;
}

/** The load of one source table. For `show` only; the plan at the sink decides what is loaded. */
export interface TableProgress {
  readonly chunksDone: number;
  readonly chunks: number;
  readonly rows: number;
  /** Rows of the source table at the load pin; undefined until they are counted. */
  readonly total?: number | undefined;
}

/** When a worker began to load, in milliseconds since 1970, and `rowsLoaded` at that time. */
export interface LoadRun {
  readonly since: number;
  readonly rows: number;
}

export const newProgress = (generation: number, now: number, selection = 0): Progress => ({
  generation,
  selection,
  phase: 'new',
  loadPin: undefined,
  checkpoint: undefined,
  pending: undefined,
  saves: 0,
  window: 0,
  tables: {},
  missing: [],
  check: undefined,
  leftOut: NO_NOTES,
  simplified: NO_NOTES,
  compared: NO_NOTES,
  dropped: NO_NOTES,
  aside: {},
  loadRun: undefined,
  pitrReach: undefined,
  rowsLoaded: 0,
  rowsApplied: 0,
  progressAt: now,
  caughtUpAt: 0,
  changedAt: 0,
});
