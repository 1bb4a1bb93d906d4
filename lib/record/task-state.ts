import { isIdle, stalledSince } from './stall.ts';
import { isOfScope } from '../error-codes.ts';
import { STATE_TRAITS, type TaskState } from '../task/state-traits.ts';
import type { Lease, TaskRecord } from './task-record.ts';

export { TASK_STATES, type TaskState } from '../task/state-traits.ts';

export const leaseHeld = (record: TaskRecord, now: number): boolean =>
  record.lease !== undefined && record.lease.until > now;

/** The state as facts show it: what is asked for, who holds the lease, the last error and the last progress. */
export function taskState(record: TaskRecord, now: number): TaskState {
  if (record.desired === 'dropping') return 'dropping';
  if (record.progress.phase === 'finished' && record.progress.generation === record.generation) return 'finished';
  if (record.desired === 'paused') return leaseHeld(record, now) ? 'pausing' : 'paused';
  if (record.error?.retry === false) return isOfScope(record.error.code, 'basis') ? 'historyLost' : 'failed';
  if (stalledSince(record, now) !== undefined) return 'stalled';
  return record.error === undefined ? 'running' : 'retrying';
}

/** A live holder renews long before this little is left: what has come this far is probably dead. Milliseconds. */
const OVERDUE_MS = 15_000;

export const leaseOverdue = (lease: Lease, now: number): boolean => lease.until - now < OVERDUE_MS;

/** Should the schedule start a worker? A holder that ends before `soon` gets a successor that waits for it. */
export function needsWorker(record: TaskRecord, now: number, soon: number): boolean {
  const { lease } = record;
  if (lease !== undefined && !leaseOverdue(lease, now) && lease.runsUntil > soon) return false;
  const state = taskState(record, now);
  if (state === 'running' && waitsForNextWindow(record, now)) return false;
  return STATE_TRAITS[state].hasWork;
}

/** From one tick to the next, in milliseconds. */
const TICK_MS = 60_000;

/** In mode `tick` a window may be wanted less often than the schedule comes: it waits if the next tick is soon enough. */
function waitsForNextWindow(record: TaskRecord, now: number): boolean {
  const { spec, progress, check } = record;
  const { mode, pollIntervalMs, endTs } = spec.options;
  if (mode !== 'tick' || !isIdle(record) || (endTs !== null && now >= Date.parse(endTs))) return false;
  if (check !== undefined && (progress.check?.number !== check.number || progress.check.finishedAt === 0)) return false;
  return now + TICK_MS - progress.caughtUpAt <= pollIntervalMs;
}
