import type { ErrorCode } from '../error-codes.ts';
import type { CheckProgress } from './check-progress.ts';
import type { Progress } from './progress.ts';
import { type Selection, selectionOf, type TableKey, type TaskSpec } from '../task/task.ts';

/** The state that the user last asked for. */
export type DesiredState = 'running' | 'paused' | 'dropping';

/** A worker's right to run the task. `until` and `runsUntil` are milliseconds since 1970. */
export interface Lease {
  readonly owner: string;
  /** The lease ends at this time unless it is renewed. */
  readonly until: number;
  /** The holder's own deadline. A successor may wait for it. */
  readonly runsUntil: number;
}

/** A worker's work between two stored steps of its progress. */
export interface UnderWay {
  /** Rows read since the last step. */
  readonly rows: number;
  /** When source or sink last gave a row or an answer; milliseconds since 1970. */
  readonly at: number;
}

/** Asks the worker to compare source and sink. With `resync`, the worker also writes the differences. */
export interface CheckRequest {
  /** Every request raises it. A newer request replaces an older one. */
  readonly number: number;
  readonly kind: 'verify' | 'resync';
  /** Source tables (`db.table`); undefined for all. */
  readonly tables: readonly TableKey[] | undefined;
}

/** Number of failures in a row, and when the first of them was, in milliseconds since 1970. */
export interface Tries {
  readonly attempts: number;
  readonly firstAt: number;
}

/** The last failure. `attempts` and `firstAt` cover all failures since the last success, whatever their reasons. */
export interface TaskError extends Tries {
  readonly code: ErrorCode;
  readonly message: string;
  readonly action: string;
  readonly retry: boolean;
  readonly lastAt: number;
  /** The source table (`db.table`), if the error is of one table alone. */
  readonly table: TableKey | undefined;
  /** Failures of single tables, keyed by source table, since errors of several tables may alternate. */
  readonly ofTables?: Readonly<Record<TableKey, Tries>> | undefined;
  /** The statement after which the sink was lost, if one of the failures was that. */
  readonly lost?: LostSink | undefined;
}

export interface LostSink {
  /** The statement in a few words, without values. */
  readonly statement: string;
  /** How often in a row the sink was lost after this statement; each time it was down afterwards. */
  readonly times: number;
  /** True when the sink has been unreachable since. */
  readonly down: boolean;
}

/** Everything known of a task: what the user declared, what the user asks for, and what has happened. */
export interface TaskRecord {
  readonly id: string;
  readonly spec: TaskSpec;
  readonly createdAt: number;
  readonly desired: DesiredState;
  /** When the user last asked the task to run, by create, resume or restart; milliseconds since 1970. */
  readonly runningSince: number;
  /** True for a forced drop: the task goes even if source or sink cannot be cleaned up. */
  readonly forced: boolean;
  /** Every restart raises it. Progress of an older generation does not count. */
  readonly generation: number;
  /** Every edit raises it. A worker that began before the edit begins again. */
  readonly edits: number;
  /** Every edit of what the task copies raises it. */
  readonly selection: number;
  /** The selection of before the last edit, as long as the progress belongs to an older selection. */
  readonly before: Selection | undefined;
  /** Every new lease holder raises it. */
  readonly epoch: number;
  readonly lease: Lease | undefined;
  readonly check: CheckRequest | undefined;
  readonly progress: Progress;
  /** As a worker last told it; it stays when the worker and its lease are gone. */
  readonly underWay: UnderWay | undefined;
  readonly error: TaskError | undefined;
}

/**
 * The part of a task that is small however many tables it has: what its state, its pace and its lag follow from. A
 * TaskRecord is one, too.
 */
export interface TaskFacts extends Omit<TaskRecord, 'spec' | 'before' | 'progress'> {
  readonly spec: Omit<TaskSpec, 'tables' | 'databases' | 'exclude'>;
  readonly progress: ProgressFacts;
}

export interface ProgressFacts extends Omit<
  Progress,
  'tables' | 'missing' | 'check' | 'leftOut' | 'simplified' | 'compared' | 'dropped' | 'aside'
> {
  readonly check: Pick<CheckProgress, 'number' | 'finishedAt'> | undefined;
}

/** The selection that the task's progress belongs to, even if an edit has declared another one. */
export const selectionBefore = ({ selection, progress, spec, before }: TaskRecord): Selection =>
  selectionOf(progress.selection === selection ? spec : (before ?? spec));
