import type { Progress } from '../record/progress.ts';
import type { CheckRequest, Lease, TaskError, TaskRecord, UnderWay } from '../record/task-record.ts';
import type { TaskSpec } from '../task/task.ts';

/** The commands' side of the store. Every transition is one conditional write; unknown names give TASK_NOT_FOUND. */
export interface TaskStore {
  /** TASK_EXISTS when the name is taken, also by a task that is being dropped. */
  create(record: TaskRecord): Promise<void>;
  /** A consistent read. */
  get(name: string): Promise<TaskRecord | undefined>;
  /** All tasks, by name. A task just created may be missing for a moment. */
  list(): Promise<TaskRecord[]>;
  /** Idempotent. TASK_DROPPING when the task is on its way out. Asking for `running` clears the last error. */
  setDesired(name: string, desired: 'running' | 'paused'): Promise<TaskRecord>;
  /** Asks for a run from scratch: generation + 1, desired `running`, no error. TASK_DROPPING as above. */
  restart(name: string): Promise<TaskRecord>;
  /** Asks for a check; TASK_DROPPING as above. The record shows its number. */
  check(name: string, kind: CheckRequest['kind'], tables: readonly string[] | undefined): Promise<TaskRecord>;
  /**
   * Changes the declaration of a task that is still as it was `seen`; TASK_EDIT_CONFLICT when it was edited or has come
   * forward meanwhile, TASK_EDIT_UNDER_WAY when a worker is just taking over an earlier edit of what is copied.
   */
  edit(seen: TaskRecord, spec: TaskSpec): Promise<TaskRecord>;
  /** Idempotent: asks a worker to clean up and remove the task; `force` also of one that is being dropped already. */
  drop(name: string, force?: boolean): Promise<TaskRecord>;
}

/** The proof of a right to write: valid while the stored epoch is this one. */
export interface LeaseKey {
  readonly name: string;
  readonly id: string;
  readonly epoch: number;
}

export type Acquired =
  | { readonly outcome: 'acquired'; readonly key: LeaseKey; readonly record: TaskRecord }
  | { readonly outcome: 'held'; readonly record: TaskRecord }
  | { readonly outcome: 'gone' };

/**
 * The worker's side of the store. Every write is conditional on the epoch and fails with LEASE_LOST otherwise; but for
 * `release` and `remove`, also once the lease was given back. One that arrives late takes no later one of the same worker
 * back.
 */
export interface WorkerStore {
  /** Takes the lease when nobody holds it at `now` (milliseconds); raises the epoch. */
  acquire(name: string, lease: Lease, now: number): Promise<Acquired>;
  /**
   * Prolongs the lease and, in the same write, tells what is under way; the answer shows what the user asks for now. Where
   * the lease lasts longer already, nothing is written.
   */
  renew(key: LeaseKey, until: number, underWay?: UnderWay): Promise<TaskRecord>;
  /**
   * A consistent read; LEASE_LOST when the epoch is no longer this one. Progress whose write had failed by then is stored
   * as it shows, or will not be.
   */
  watch(key: LeaseKey): Promise<TaskRecord>;
  /** Gives the lease back, keeping the epoch; the answer shows what the user asks for now. */
  release(key: LeaseKey): Promise<TaskRecord>;
  /**
   * Saves the progress and prolongs the lease until then, in one write. `adopts`: only while this is the number of the
   * task's selection; TASK_EDITED otherwise.
   */
  saveProgress(key: LeaseKey, progress: Progress, leaseUntil: number, adopts?: number): Promise<void>;
  /** `undefined` clears the error. */
  saveError(key: LeaseKey, error: TaskError | undefined): Promise<void>;
  /** Is the task gone, or on its way out? A consistent read that asks for no lease. */
  isDropped(key: LeaseKey): Promise<boolean>;
  /** Removes the task for good, with everything stored for it. */
  remove(key: LeaseKey): Promise<void>;
}
