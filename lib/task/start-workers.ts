import type { Clock } from '../clock.ts';
import type { Log } from '../replication/log.ts';
import type { TaskRecord } from './task-record.ts';
import { needsWorker } from './task-state.ts';
import type { TaskStore } from './task-store.ts';
import type { WorkerStarter } from './worker-starter.ts';

interface Deps {
  readonly store: Pick<TaskStore, 'list'>;
  readonly starter: WorkerStarter;
  readonly clock: Clock;
  readonly log: Log;
}

export interface TickReport {
  readonly tasks: number;
  readonly started: number;
  readonly failed: number;
}

/** A tick comes every minute: who ends before the next one needs a successor now. Milliseconds. */
const NEXT_TICK = 65_000;
const LANES = 16;

/** Starts a worker for every task that needs one. One that cannot be started keeps no other from starting. */
export async function startWorkers(deps: Deps, signal: AbortSignal): Promise<TickReport> {
  const tasks = await deps.store.list();
  const now = deps.clock.now();
  const due = tasks.filter((task) => needsWorker(task, now, now + NEXT_TICK));
  const queue = due.values();
  const lanes = Array.from({ length: LANES }, () => startAll(deps, queue, signal));
  const started = (await Promise.all(lanes)).reduce((sum, count) => sum + count, 0);
  const report = { tasks: tasks.length, started, failed: due.length - started };
  deps.log(report.failed === 0 ? 'info' : 'error', 'tick.ended', { ...report });
  return report;
}

/** The lanes share one queue, so that a slow start holds up its own lane only. */
async function startAll(deps: Deps, queue: Iterable<TaskRecord>, signal: AbortSignal): Promise<number> {
  let started = 0;
  for (const { spec } of queue) {
    if (signal.aborted) return started;
    if (await start(deps, spec.name)) started++;
  }
  return started;
}

async function start({ starter, log }: Deps, task: string): Promise<boolean> {
  try {
    await starter.start(task);
    return true;
  } catch (error) {
    log('error', 'tick.start-failed', { task, error });
    return false;
  }
}
