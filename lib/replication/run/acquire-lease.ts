import type { Clock } from '../../clock.ts';
import type { Lease } from '../../record/task-record.ts';
import { leaseOverdue } from '../../record/task-state.ts';
import type { Acquired, WorkerStore } from '../../store/task-store.ts';
import { LEASE_TTL_MS, SUCCESSION_MS } from '../../record/lease-timing.ts';

const LOOK_AGAIN_MS = 250;

interface Deps {
  readonly store: WorkerStore;
  readonly clock: Clock;
  readonly owner: string;
}

/**
 * Takes the lease. Waits for a holder that ends soon or has missed a renewal; gives up on any other holder. `deadline`
 * in milliseconds since 1970.
 */
export async function acquireLease(
  deps: Deps,
  taskName: string,
  deadline: number,
  signal: AbortSignal,
): Promise<Acquired> {
  for (;;) {
    const now = deps.clock.now();
    const lease = { owner: deps.owner, until: now + LEASE_TTL_MS, runsUntil: deadline };
    const acquired = await deps.store.acquire(taskName, lease, now);
    if (acquired.outcome !== 'held' || now >= deadline) return acquired;
    if (!endsSoon(acquired.record.lease, now)) return acquired;
    await deps.clock.sleep(LOOK_AGAIN_MS, signal);
  }
}

const endsSoon = (lease: Lease | undefined, now: number): boolean =>
  lease === undefined || lease.runsUntil - now < SUCCESSION_MS || leaseOverdue(lease, now);
