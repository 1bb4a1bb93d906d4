import type { ErrorCode } from '../error-codes.ts';
import type { Progress } from '../replication/progress.ts';
import type { Selection, TaskSpec } from './task.ts';

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

/** Asks the worker to compare source and sink, and with `resync` to write what differs. */
export interface CheckRequest {
  /** Raised by every request: a newer one takes the place of an older one. */
  readonly number: number;
  readonly kind: 'verify' | 'resync';
  /** Source tables (`db.table`); undefined for all. */
  readonly tables: readonly string[] | undefined;
}

export interface TaskError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly action: string;
  readonly retry: boolean;
  readonly attempts: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The source table (`db.table`) whose error it is, if it is one's alone. */
  readonly table: string | undefined;
}

/** Everything known of a task: what was declared, what was asked for, and what has happened. */
export interface TaskRecord {
  readonly id: string;
  readonly spec: TaskSpec;
  readonly createdAt: number;
  readonly desired: DesiredState;
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
  readonly error: TaskError | undefined;
}
