import { isCdcError } from '../../errors.ts';
import type { TaskRecord } from '../../record/task-record.ts';
import { LEASE_RENEWAL_MS, LEASE_TTL_MS, WATCH_INTERVAL_MS } from '../../record/lease-timing.ts';
import type { Session } from '../session/session.ts';
import { StopRequested } from '../session/stop.ts';

export interface LeaseKeeper {
  stop(): Promise<void>;
}

/**
 * Watches the task beside the work and renews the lease, along with what is under way. It stops the session when the
 * lease is lost, when the user asks for something else, or when the store has not answered for as long as the lease
 * lasts.
 */
export function keepLease(session: Session): LeaseKeeper {
  const ended = new AbortController();
  const watching = watch(session, ended.signal);
  return {
    async stop() {
      ended.abort(new Error('The session has ended.'));
      await watching;
    },
  };
}

async function watch(session: Session, ended: AbortSignal): Promise<void> {
  const { clock } = session.deps;
  for (;;) {
    try {
      await clock.sleep(WATCH_INTERVAL_MS, ended);
      session.report(false);
      heed(session, await look(session));
    } catch (error) {
      if (ended.aborted) return;
      if (isCdcError(error, 'LEASE_LOST')) {
        session.abort(error);
        return;
      }
      session.log('warn', 'lease.unwatched', { error: String(error) });
      if (clock.now() >= session.leaseUntil) session.abort(error);
    }
  }
}

/** First stores what the windows of the last second have left: that write renews the lease, and tells what a look tells. */
async function look(session: Session): Promise<TaskRecord> {
  const { clock, store } = session.deps;
  const stored = await session.storeLate();
  if (stored !== undefined) return stored;
  const now = clock.now();
  if (session.leaseUntil - now > LEASE_TTL_MS - LEASE_RENEWAL_MS) return await store.watch(session.key);
  const record = await store.renew(session.key, now + LEASE_TTL_MS, session.takeUnderWay());
  session.leaseUntil = now + LEASE_TTL_MS;
  return record;
}

/** Stops the session when the user has asked for something else since it began. */
function heed(session: Session, record: TaskRecord): void {
  session.latest = record;
  const begun = session.record;
  if (record.desired === 'paused') session.abort(new StopRequested('paused'));
  else if (record.desired !== begun.desired || record.forced !== begun.forced)
    session.abort(new StopRequested('dropping'));
  else if (record.generation !== begun.generation) session.abort(new StopRequested('restarted'));
  else if (record.edits !== begun.edits) session.abort(new StopRequested('edited'));
}
