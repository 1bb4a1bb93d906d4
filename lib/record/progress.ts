import type { ErrorCode } from '../error-codes.ts';
import type { CheckProgress } from './check-progress.ts';
import type { Pin, PendingWindow } from '../data/position.ts';
import { NO_NOTES, type TableNotes } from './table-notes.ts';

/** `finishing`: the end asked for is reached, and pins are being dropped. */
export const PHASES = ['new', 'load', 'window', 'finishing', 'finished'] as const;

/** How far a task has come. Written whole by the lease holder, who is the only writer. */
export interface Progress {
  /** The generation (see restart) that this progress belongs to. */
  readonly generation: number;
  /** The selection (see TaskRecord) that the checkpoint, or the load, belongs to. */
  readonly selection: number;
  readonly phase: (typeof PHASES)[number];
  /** The pin that the load reads, while it lasts. */
  readonly loadPin: Pin | undefined;
  /**
   * The sink has refused a row of it: whoever mends that at the source mends it after the load pin. `given-up`: a comparison
   * of all tables is to take its place.
   */
  readonly loadRefused?: 'noted' | 'given-up' | undefined;
  /**
   * Where the task stood before a restart, oldest first: until its tables are loaded anew, each of those of the sink is as
   * it was at one of these, or on the way from one to the next.
   */
  readonly restartedFrom?: readonly Pin[] | undefined;
  /** The pin up to which the sink provably holds everything; none before the load is done. */
  readonly checkpoint: Pin | undefined;
  /** Recorded before the first sink write of a window, so that a crash finishes the same window. */
  readonly pending: PendingWindow | undefined;
  /** Number of the last completed window; a restart does not reset it. */
  readonly window: number;
  readonly tables: Readonly<Record<string, TableProgress>>;
  /** Source tables (`db.table`) that did not exist at the checkpoint; the sink keeps what it has of them. */
  readonly missing: readonly string[];
  /** The check that was asked for last, as far as it has come. */
  readonly check: CheckProgress | undefined;
  /** Tables that the task would take but cannot; for show. */
  readonly leftOut: TableNotes;
  /** Tables whose sink tables lack parts of the declaration, and which parts; for show. */
  readonly simplified: TableNotes;
  /** Tables that were compared in a window, since the source could not tell their changes: when last, and why; for show. */
  readonly compared: TableNotes;
  /** Tables that were dropped at the source while the task ran: those of the sink stay, and are the task's own. */
  readonly dropped: TableNotes;
  /** Source tables that are out of the windows after an error of their own; their sink tables are left as they are. */
  readonly aside: Readonly<Record<string, AsideTable>>;
  /** The first copy as far as this worker has brought it: what its pace is estimated from. */
  readonly loadRun: LoadRun | undefined;
  /** How long the PITR holds what there was, in milliseconds, as seen last; undefined as long as no pin needs one. */
  readonly pitrReach: number | undefined;
  /** Does a PITR cover the task's tables? None where nobody has looked; for show's advice. */
  readonly keptByPitr?: boolean | undefined;
  readonly rowsLoaded: number;
  readonly rowsApplied: number;
  /** When something last came forward, and when the source last had nothing new; milliseconds. */
  readonly progressAt: number;
  readonly caughtUpAt: number;
}

/** Why a table is out of the windows, and since when (milliseconds). */
export interface AsideTable {
  readonly code: ErrorCode;
  readonly message: string;
  readonly action: string;
  readonly at: number;
  /** The last check that was asked for by then: only a later one brings the table back. */
  readonly check: number;
}

/** Per source table (`db.table`); for show, not for correctness: that is the sink's ledger. */
export interface TableProgress {
  readonly chunksDone: number;
  readonly chunks: number;
  readonly rows: number;
  /** Rows of the source table at the load pin; none while they are not counted. */
  readonly total?: number | undefined;
}

/** When a worker began to load, in milliseconds, and `rowsLoaded` at that time. */
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
});
