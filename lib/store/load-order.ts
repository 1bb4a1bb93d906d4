import type { LeaseKey } from './task-store.ts';

/** Asks a loader to take part in the load of the worker that holds the task's lease. */
export interface LoadOrder {
  /** The task, and the epoch of the worker that asks. The order is void once another worker has the lease. */
  readonly key: LeaseKey;
  /** The place that the loader may take. If the order comes twice, the second loader finds the place taken. */
  readonly place: number;
}

/** Starts a loader and does not wait for it. It may come late, twice, or never. */
export interface LoaderStarter {
  start(order: LoadOrder): Promise<void>;
}
