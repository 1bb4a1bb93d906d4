import { startWorkers, type TickReport } from './start-workers.ts';
import type { TaskBrief } from '../record/brief/task-brief.ts';

type StartDeps = Parameters<typeof startWorkers>[0];

/** What a tick finds and does. */
export interface TickFindings {
  see(task: TaskBrief): void;
  /** Reports, at the end. `unreadable`: number of tasks whose items cannot be read. */
  report(unreadable: number, report: TickReport): void;
}

/** Receives what ticks find and do. */
export interface TickMetrics {
  begin(): TickFindings;
}

/** Tells others what is new of the tasks that it sees. */
interface Announcing {
  see(task: TaskBrief): void;
  end(signal: AbortSignal): Promise<void>;
}

interface Deps extends StartDeps {
  readonly metrics: TickMetrics;
  /** How many items could not be read when the tasks were last listed. */
  readonly unreadable: () => number;
  /** Tells others what has become of the tasks; missing if nobody is to be told. */
  readonly announce?: (() => Promise<Announcing | undefined>) | undefined;
}

/**
 * Starts workers and reports the state of all tasks. The report is the heartbeat of the stage: it is missing when this
 * fails.
 */
export async function tick(deps: Deps, signal: AbortSignal): Promise<TickReport> {
  const findings = deps.metrics.begin();
  const announcing = await deps.announce?.();
  const seen = (task: TaskBrief): void => {
    findings.see(task);
    announcing?.see(task);
  };
  const report = await startWorkers({ ...deps, seen }, signal);
  findings.report(deps.unreadable(), report);
  // Last, so that it costs neither workers nor the heartbeat if it fails or takes long.
  await announcing?.end(signal);
  return report;
}
