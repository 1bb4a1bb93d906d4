import { errorKind, isOfScope } from '../../error-codes.ts';
import { CdcError, toCdcError } from '../../errors.ts';
import type { TaskError } from '../../record/task-record.ts';
import { describeError } from './describe-error.ts';
import type { Session, SessionStop } from '../session/session.ts';
import { setAside } from '../tables/set-aside.ts';
import { StopRequested } from '../session/stop.ts';

const LONGEST_WAIT_MS = 30_000;
/**
 * When nothing has succeeded for this long since the first failure, the worker ends. The schedule then starts a worker
 * every minute, which tries once: so an end that is away for a day does not cost a day of a worker's time.
 * Milliseconds.
 */
export const RETRY_BUDGET_MS = 300_000;

/**
 * Runs the work until it ends, is stopped, or fails with an error that waiting does not mend. It records every failure
 * in the task before the next try, so that `show` tells it. An error of a single table may be recorded with the table
 * instead.
 */
export async function withRetries(session: Session, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (thrown) {
      const { error, recorded } = goingDown(session, judge(session, thrown));
      session.counts.errors += 1;
      if (await setAside(session, error, recorded)) {
        await session.recovered();
        continue;
      }
      await session.recordError(recorded);
      session.log('warn', 'task.error', { code: error.code, class: errorKind(error.code).class, error: error.message });
      if (!error.retry) throw error;
      session.checkpointOrStop();
      if (recorded.lastAt - recorded.firstAt >= RETRY_BUDGET_MS) throw new StopRequested('retries');
      session.counts.retries += 1;
      await session.deps.clock.sleep(backoff(recorded.attempts), session.signal);
      session.checkpointOrStop();
    }
  }
}

/** The sink has gone down this often right after the same statement: do not send it a third time without the user. */
const TIMES_DOWN = 2;

function goingDown(session: Session, error: CdcError): { readonly error: CdcError; readonly recorded: TaskError } {
  const describe = (told: CdcError): TaskError => describeError(told, session.error, session.deps.clock.now());
  const recorded = describe(error);
  const { statement, times } = recorded.lost ?? { statement: '', times: 0 };
  if (error.lostAfter === undefined || times < TIMES_DOWN) return { error, recorded };
  const stopped = new CdcError(
    'SINK_GOES_DOWN',
    `Twice in a row the sink has gone down after this statement: ${statement}`,
    {
      cause: error,
    },
  );
  return { error: stopped, recorded: describe(stopped) };
}

/** After an abort, whatever was under way fails with some error: the reason of the abort is what counts. */
function judge(session: SessionStop, thrown: unknown): CdcError {
  const cause: unknown = session.signal.aborted ? session.signal.reason : thrown;
  if (cause instanceof StopRequested) throw cause;
  const error = toCdcError(cause);
  if (isOfScope(error.code, 'worker')) throw error;
  return error;
}

/**
 * Milliseconds. The longest wait is 0.5 s, 1 s, 2 s … 30 s; the wait is a random time from half of it to all of it, so
 * that many tasks do not come back at once.
 */
const backoff = (attempts: number): number => {
  const longest = Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(attempts - 1, 16));
  return longest / 2 + Math.random() * (longest / 2);
};
