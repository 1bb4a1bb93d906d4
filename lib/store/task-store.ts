import type { Progress } from '../record/progress.ts';
import type { TaskBrief } from '../record/brief/task-brief.ts';
import type { CheckRequest, Lease, TaskError, TaskRecord, UnderWay } from '../record/task-record.ts';
import type { TaskSpec, TableKey } from '../task/task.ts';

/** The commands' side of the store. Every transition is one conditional write. An unknown name gives TASK_NOT_FOUND. */
export interface TaskStore {
  /** TASK_EXISTS when the name is taken, even by a task that is being dropped. */
  create(record: TaskRecord): Promise<void>;
  /** A consistent read. */
  get(name: string): Promise<TaskRecord | undefined>;
  /**
   * All tasks in brief, ordered by name, or those after the name `after`. Holds a page of them at a time. A task that was
   * just created may be missing for a moment.
   */
  list(after?: string): AsyncIterable<TaskBrief>;
  /** Safe to repeat. TASK_DROPPING when the task is being dropped. `running` clears the last error. */
  setDesired(name: string, desired: 'running' | 'paused'): Promise<TaskRecord>;
  /** Asks for a new load of all tables: generation + 1, desired `running`, no error. TASK_DROPPING as above. */
  restart(name: string): Promise<TaskRecord>;
  /** Asks for a check. TASK_DROPPING as above. The returned record has the number of the check. */
  check(name: string, kind: CheckRequest['kind'], tables: readonly TableKey[] | undefined): Promise<TaskRecord>;
  /**
   * Changes the declaration of a task that is still as it was `seen`. TASK_EDIT_CONFLICT when it was edited since, or
   * when its progress has adopted an edit since. TASK_EDIT_UNDER_WAY when a worker is adopting an earlier edit of what
   * the task copies.
   */
  edit(seen: TaskRecord, spec: TaskSpec): Promise<TaskRecord>;
  /**
   * Asks a worker to clean up and remove the task; safe to repeat. `force` also applies to a task that is already being
   * dropped.
   */
  drop(name: string, force?: boolean): Promise<TaskRecord>;
}

/** Proves a worker's right to write. Valid as long as the stored epoch is this one. */
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
 * The workers' side of the store. Every write is conditional on the epoch, and fails with LEASE_LOST otherwise. Except
 * for `release` and `remove`, it also fails once the lease was given back. A write that arrives late does not undo a
 * later write of the same worker.
 */
export interface WorkerStore {
  /** Takes the lease if nobody holds it at `now` (milliseconds since 1970), and raises the epoch. */
  acquire(name: string, lease: Lease, now: number): Promise<Acquired>;
  /**
   * Renews the lease until `until` (milliseconds since 1970) and stores what is under way, in one write. Returns the
   * record with what the user now asks for. Writes nothing if the lease already lasts longer.
   */
  renew(key: LeaseKey, until: number, underWay?: UnderWay): Promise<TaskRecord>;
  /**
   * A consistent read. LEASE_LOST when the epoch is no longer this one. If a write of progress failed before, the
   * answer is final: what it does not show will never be stored.
   */
  watch(key: LeaseKey): Promise<TaskRecord>;
  /** Gives the lease back and keeps the epoch. Returns the record with what the user now asks for. */
  release(key: LeaseKey): Promise<TaskRecord>;
  /**
   * Saves the progress and renews the lease until `leaseUntil` (milliseconds since 1970), in one write. `adopts`: the
   * number that the task's selection must have; TASK_EDITED otherwise. Returns the record with what the user now asks
   * for.
   */
  saveProgress(key: LeaseKey, progress: Progress, leaseUntil: number, adopts?: number): Promise<TaskRecord>;
  /** `undefined` clears the error. */
  saveError(key: LeaseKey, error: TaskError | undefined): Promise<void>;
  /** True when the task is gone or is being dropped. A consistent read that needs no lease. */
  isDropped(key: LeaseKey): Promise<boolean>;
  /** Removes the task and everything that is stored for it. */
  remove(key: LeaseKey): Promise<void>;
}
