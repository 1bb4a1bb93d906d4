import type { Clock } from '../../clock.ts';
import type { WorkerStore } from '../../store/task-store.ts';
import type { Connectors } from '../endpoints/connectors.ts';
import type { LoaderStarter } from '../../store/load-order.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from './metrics.ts';

/** Everything outside its process that a worker uses. */
export interface RunDeps {
  readonly store: WorkerStore;
  readonly connectors: Connectors;
  readonly loaders: LoaderStarter;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Names this worker in the lease. */
  readonly owner: string;
}

/** A loader starts no other loaders. */
export type LoaderDeps = Omit<RunDeps, 'loaders'>;
