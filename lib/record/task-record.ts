import type { ErrorCode } from '../error-codes.ts';
import type { Progress } from './progress.ts';
import { type Selection, selectionOf, type TaskSpec } from '../task/task.ts';

/** What the user last asked for. */
export type DesiredState = 'running' | 'paused' | 'dropping';

/** A worker's right to run the task. `until` and `runsUntil` are milliseconds since the epoch. */
export interface Lease {
  readonly owner: string;
  /** The lease ends then unless it is renewed. */
  readonly until: number;
  /** The holder's own deadline: a successor may wait for it. */
  readonly runsUntil: number;
}

/** What a worker has under way between two steps of its progress. */
export interface UnderWay {
  /** Rows read since the last step. */
  readonly rows: number;
  /** When the last row or answer came from one of the ends; milliseconds. */
  readonly at: number;
}

/** Asks the worker to compare source and sink, and with `resync` to write what differs. */
export interface CheckRequest {
  /** Raised by every request: a newer one takes the place of an older one. */
  readonly number: number;
  readonly kind: 'verify' | 'resync';
  /** Source tables (`db.table`); undefined for all. */
  readonly tables: readonly string[] | undefined;
}

/** Failures in a row, and when the first of them was; milliseconds. */
export interface Tries {
  readonly attempts: number;
  readonly firstAt: number;
}

/** The last failure. `attempts` and `firstAt` count all since something came forward last, whatever their reasons. */
export interface TaskError extends Tries {
  readonly code: ErrorCode;
  readonly message: string;
  readonly action: string;
  readonly retry: boolean;
  readonly lastAt: number;
  /** The source table (`db.table`) whose error it is, if it is one's alone. */
  readonly table: string | undefined;
  /** Those among them that were one table's own, by source table: errors of several tables may alternate. */
  readonly ofTables?: Readonly<Record<string, Tries>> | undefined;
  /** Where the sink was lost in one of them, after which of the task's statements. */
  readonly lost?: LostSink | undefined;
}

export interface LostSink {
  /** In a few words, without values. */
  readonly statement: string;
  /** How often in a row it was lost after this one, having been down in between. */
  readonly times: number;
  /** Has it been seen to be down since? */
  readonly down: boolean;
}

/** Everything known of a task: what was declared, what was asked for, and what has happened. */
export interface TaskRecord {
  readonly id: string;
  readonly spec: TaskSpec;
  readonly createdAt: number;
  readonly desired: DesiredState;
  /** When it was last asked to run: created, resumed or restarted; milliseconds. */
  readonly runningSince: number;
  /** Of a drop: an end that cannot be cleaned up does not keep the task from going. */
  readonly forced: boolean;
  /** Raised by every restart; progress of an older generation counts for nothing. */
  readonly generation: number;
  /** Raised by every edit of the declaration: a worker that has begun with an older one begins again. */
  readonly edits: number;
  /** Raised by every edit of what is copied. */
  readonly selection: number;
  /** What was copied before, as long as the progress belongs to an older selection. */
  readonly before: Selection | undefined;
  /** Raised by every new lease holder. */
  readonly epoch: number;
  readonly lease: Lease | undefined;
  readonly check: CheckRequest | undefined;
  readonly progress: Progress;
  /** As last told by a worker; it outlives the worker and its lease. */
  readonly underWay: UnderWay | undefined;
  readonly error: TaskError | undefined;
}

/** The selection that the task's progress is of, whatever is declared by now. */
export const selectionBefore = ({ selection, progress, spec, before }: TaskRecord): Selection =>
  selectionOf(progress.selection === selection ? spec : (before ?? spec));
