import { isOfScope } from '../../error-codes.ts';
import { CdcError, isCdcError, toCdcError } from '../../errors.ts';
import type { TaskRecord } from '../../record/task-record.ts';
import { STATE_TRAITS } from '../../task/state-traits.ts';
import { taskState } from '../../record/task-state.ts';
import type { LeaseKey, WorkerStore } from '../../store/task-store.ts';
import { acquireLease } from './acquire-lease.ts';
import { clearLeftovers } from './clear-leftovers.ts';
import { carryOutDrop } from './drop-task.ts';
import { keepLease } from './lease-keeper.ts';
import { replicateTask } from './replicate-task.ts';
import { withRetries } from './retry.ts';
import type { RunDeps } from '../session/run-deps.ts';
import { createSession, type Session, type SessionLog, type StoredTask } from '../session/session.ts';
import { StopRequested } from '../session/stop.ts';

export type RunOutcome =
  | 'gone' // there is no such task
  | 'held' // another worker holds the lease
  | 'idle' // nothing to do: paused, finished, or failed until an operator resumes it
  | 'superseded' // another worker has taken over meanwhile
  | 'stopped' // the deadline came, or the task was paused
  | 'failed' // an error that only an operator can mend
  | 'dropped';

export interface RunReport {
  readonly outcome: RunOutcome;
  readonly windows: number;
  readonly rowsLoaded: number;
  readonly rowsApplied: number;
}

/**
 * Runs one invocation: takes the task's lease, works until the deadline (milliseconds since 1970) or until the user
 * asks for something else, and gives the lease back. Errors of the task are recorded in the task, not thrown.
 */
export async function runTask(
  deps: RunDeps,
  taskName: string,
  deadline: number,
  signal: AbortSignal,
): Promise<RunReport> {
  const total = { windows: 0, rowsLoaded: 0, rowsApplied: 0 };
  for (;;) {
    const acquired = await acquireLease(deps, taskName, deadline, signal);
    if (acquired.outcome !== 'acquired') return { outcome: acquired.outcome, ...total };
    const session = createSession(deps, acquired.key, acquired.record, deadline, signal);
    const outcome = await workUnderLease(session);
    session.report(true);
    total.windows += session.counts.windows;
    total.rowsLoaded += session.counts.rowsLoaded;
    total.rowsApplied += session.counts.rowsApplied;
    session.log('info', 'run.ended', { outcome, ...session.counts });
    if (outcome === 'dropped') return { outcome, ...total };
    const record = outcome === 'superseded' ? undefined : await release(deps.store, acquired.key);
    if (record === undefined) {
      await clearLeftovers(session);
      return { outcome: 'superseded', ...total };
    }
    // A command given while this worker was ending found the lease held and started no worker, so carry it out here.
    if (!askedAnew(session, outcome, record) || deps.clock.now() >= deadline || signal.aborted)
      return { outcome, ...total };
  }
}

async function workUnderLease(session: Session): Promise<RunOutcome> {
  if (hasNothingToDo(session)) return 'idle';
  const keeper = keepLease(session);
  try {
    if (session.record.desired === 'dropping') {
      await withRetries(session, () => carryOutDrop(session));
      return 'dropped';
    }
    await withRetries(session, () => replicateTask(session));
    return 'stopped';
  } catch (error) {
    if (error instanceof StopRequested) return 'stopped';
    if (error instanceof CdcError && isOfScope(error.code, 'worker')) return 'superseded';
    session.log('error', 'run.failed', { code: toCdcError(error).code, error: String(error) });
    return 'failed';
  } finally {
    await keeper.stop();
    await storeRest(session);
  }
}

/** What cannot be stored now is in the fence at the sink, where the next worker reads it. */
async function storeRest(session: StoredTask & SessionLog): Promise<void> {
  try {
    await session.storeLate();
  } catch (error) {
    session.log('warn', 'progress.unstored', { error: String(error) });
  }
}

function hasNothingToDo({ record, deps }: Session): boolean {
  return !STATE_TRAITS[taskState({ ...record, lease: undefined }, deps.clock.now())].hasWork;
}

/** True when the user asked for something while this worker was no longer watching. */
function askedAnew(session: Session, outcome: RunOutcome, record: TaskRecord): boolean {
  if (record.desired === 'paused') return false;
  const begun = session.record;
  const anew = record.desired !== begun.desired || record.generation !== begun.generation;
  if (anew || record.edits !== begun.edits || record.forced !== begun.forced) return true;
  if (taskState(record, session.deps.clock.now()) === 'finished') return false;
  const deaf = outcome !== 'stopped' || session.stopped === 'paused';
  return deaf && record.error === undefined;
}

async function release(store: WorkerStore, key: LeaseKey): Promise<TaskRecord | undefined> {
  try {
    return await store.release(key);
  } catch (error) {
    if (isCdcError(error, 'LEASE_LOST')) return undefined;
    throw error;
  }
}
