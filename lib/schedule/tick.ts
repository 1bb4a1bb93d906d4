import { startWorkers, type TickReport } from './start-workers.ts';
import type { TaskRecord } from '../record/task-record.ts';

type StartDeps = Parameters<typeof startWorkers>[0];

/** Receives what a tick found and did. `unreadable`: number of tasks whose items cannot be read. */
export interface TickMetrics {
  tick(tasks: readonly TaskRecord[], unreadable: number, report: TickReport): void;
}

interface Deps extends StartDeps {
  readonly metrics: TickMetrics;
  /** How many items could not be read when the tasks were last listed. */
  readonly unreadable: () => number;
  /** Tells others what has become of the tasks; missing if nobody is to be told. */
  readonly announce?: ((tasks: readonly TaskRecord[], signal: AbortSignal) => Promise<void>) | undefined;
}

/**
 * Starts workers and reports the state of all tasks. The report is the heartbeat of the stage: it is missing when this
 * fails.
 */
export async function tick(deps: Deps, signal: AbortSignal): Promise<TickReport> {
  const tasks = await deps.store.list();
  const report = await startWorkers({ ...deps, store: { list: () => Promise.resolve(tasks) } }, signal);
  deps.metrics.tick(tasks, deps.unreadable(), report);
  // Last, so that it costs neither workers nor the heartbeat if it fails or takes long.
  await deps.announce?.(tasks, signal);
  return report;
}
