import { isCheckWanted } from './check-progress.ts';
import { lookInterval, paceOf, TICK_MS } from './pace.ts';
import { isIdle, stalledSince } from './stall.ts';
import { isOfScope } from '../error-codes.ts';
import { STATE_TRAITS, type TaskState } from '../task/state-traits.ts';
import type { Lease, TaskFacts } from './task-record.ts';

export { TASK_STATES, type TaskState } from '../task/state-traits.ts';

export const leaseHeld = (record: TaskFacts, now: number): boolean =>
  record.lease !== undefined && record.lease.until > now;

/** Derives the state from facts: what the user asks for, who holds the lease, the last error and the last progress. */
export function taskState(record: TaskFacts, now: number): TaskState {
  if (record.desired === 'dropping') return 'dropping';
  if (record.progress.phase === 'finished' && record.progress.generation === record.generation) return 'finished';
  if (record.desired === 'paused') return leaseHeld(record, now) ? 'pausing' : 'paused';
  if (record.error?.retry === false) return isOfScope(record.error.code, 'basis') ? 'historyLost' : 'failed';
  if (stalledSince(record, now) !== undefined) return 'stalled';
  return record.error === undefined ? 'running' : 'retrying';
}

/**
 * A live holder renews its lease long before only this is left, so a holder that gets here is probably dead.
 * Milliseconds.
 */
const OVERDUE_MS = 15_000;

export const leaseOverdue = (lease: Lease, now: number): boolean => lease.until - now < OVERDUE_MS;

/**
 * True when the schedule should start a worker. A holder that ends before `soon` (milliseconds since 1970) gets a
 * successor, which waits for the lease, unless the task will have nothing for it to do.
 */
export function needsWorker(record: TaskFacts, now: number, soon: number): boolean {
  const { lease } = record;
  const state = taskState(record, now);
  if (lease !== undefined && !leaseOverdue(lease, now)) {
    if (lease.runsUntil > soon) return false;
    if (state === 'running' && endsByItself(record)) return false;
  }
  if (state === 'running' && waitsForNextWindow(record, now)) return false;
  return STATE_TRAITS[state].hasWork;
}

/** By the tick, windows may be further apart than ticks: the task waits if the next tick is early enough. */
function waitsForNextWindow(record: TaskFacts, now: number): boolean {
  const { spec, progress } = record;
  const { endTs } = spec.options;
  if (paceOf(record, now) !== 'tick' || !isIdle(record) || (endTs !== null && now >= Date.parse(endTs))) return false;
  if (isCheckWanted(record.check, progress.check)) return false;
  return now + TICK_MS - progress.caughtUpAt <= lookInterval(spec.options);
}

/**
 * True when the present worker of an adaptive task will end of itself before its deadline, because nothing changes.
 * Then a tick starts the next worker, and the present one needs no successor.
 */
function endsByItself(record: TaskFacts): boolean {
  const { spec, lease, progress, underWay } = record;
  if (spec.options.mode !== 'adaptive' || lease === undefined || !isIdle(record)) return false;
  // The rows of a window are passing, although the store does not have the window.
  if (underWay !== undefined && underWay.rows > 0 && underWay.at > progress.progressAt) return false;
  return paceOf(record, lease.runsUntil) === 'tick' && !isCheckWanted(record.check, progress.check);
}
