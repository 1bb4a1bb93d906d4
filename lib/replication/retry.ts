import { isCdcError, toCdcError, type CdcError } from '../errors.ts';
import type { TaskError } from '../task/task-record.ts';
import type { Session } from './session.ts';
import { setAside } from './set-aside.ts';
import { StopRequested } from './stop.ts';
import { TableError } from './table-error.ts';

const LONGEST_WAIT = 30_000;

/**
 * Runs the work until it ends, is stopped, or fails with an error that waiting does not mend. Every failure is recorded
 * in the task before the next try, so that `show` tells it; one that is a single table's may be recorded with the table.
 */
export async function withRetries(session: Session, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (thrown) {
      const error = judge(session, thrown);
      const recorded = describeError(error, session.error, session.deps.clock.now());
      if (await setAside(session, error, recorded)) {
        await session.recovered();
        continue;
      }
      await session.recordError(recorded);
      session.deps.log('warn', 'task.error', { ...session.logFields, code: error.code, error: error.message });
      if (!error.retry) throw error;
      session.checkpointOrStop();
      await session.deps.clock.sleep(backoff(recorded.attempts), session.signal);
      session.checkpointOrStop();
    }
  }
}

/** An abort shows up as some error of whatever was under way: the reason of the abort is what counts. */
function judge(session: Session, thrown: unknown): CdcError {
  const cause: unknown = session.signal.aborted ? session.signal.reason : thrown;
  if (cause instanceof StopRequested) throw cause;
  const error = toCdcError(cause);
  if (isCdcError(error, 'LEASE_LOST') || isCdcError(error, 'FENCED')) throw error;
  return error;
}

function describeError(error: CdcError, last: TaskError | undefined, now: number): TaskError {
  const table = error instanceof TableError ? error.table : undefined;
  const again = last?.code === error.code && last.table === table;
  return {
    code: error.code,
    message: error.message,
    action: error.action,
    retry: error.retry,
    attempts: again ? last.attempts + 1 : 1,
    firstAt: again ? last.firstAt : now,
    lastAt: now,
    table,
  };
}

/** 0.5 s, 1 s, 2 s … 30 s, of which a random half is waited for, so that many tasks do not come back at once. */
const backoff = (attempts: number): number => {
  const longest = Math.min(LONGEST_WAIT, 500 * 2 ** Math.min(attempts - 1, 16));
  return longest / 2 + Math.random() * (longest / 2);
};
