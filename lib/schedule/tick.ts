import { startWorkers, type TickReport } from './start-workers.ts';
import type { TaskRecord } from '../record/task-record.ts';

type StartDeps = Parameters<typeof startWorkers>[0];

/** Takes what a tick has found and done. `unreadable`: how many tasks have items that cannot be read. */
export interface TickMetrics {
  tick(tasks: readonly TaskRecord[], unreadable: number, report: TickReport): void;
}

interface Deps extends StartDeps {
  readonly metrics: TickMetrics;
  /** How many items could not be read while the tasks were listed last. */
  readonly unreadable: () => number;
}

/** Starts workers, and tells how all the tasks are: the heartbeat of the stage, which is missing when this fails. */
export async function tick(deps: Deps, signal: AbortSignal): Promise<TickReport> {
  const tasks = await deps.store.list();
  const report = await startWorkers({ ...deps, store: { list: () => Promise.resolve(tasks) } }, signal);
  deps.metrics.tick(tasks, deps.unreadable(), report);
  return report;
}
