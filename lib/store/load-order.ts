import type { LeaseKey } from './task-store.ts';

/** Asks another worker to take part in the load of the one that holds the task's lease. */
export interface LoadOrder {
  /** The task, and the epoch of who asks: once another worker has the lease, the order is void. */
  readonly key: LeaseKey;
  /** Which of the places for loaders it may take: an order that comes twice finds it taken. */
  readonly place: number;
}

/** Starts a loader and does not wait for it. It may come late, twice, or never. */
export interface LoaderStarter {
  start(order: LoadOrder): Promise<void>;
}
