import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { forEachConcurrently } from '../concurrency/concurrently.ts';
import { shuffled } from '../concurrency/shuffled.ts';
import type { TaskBrief } from '../record/brief/task-brief.ts';
import { SUCCESSION_MS } from '../record/lease-timing.ts';
import { needsWorker } from '../record/task-state.ts';
import type { TaskStore } from '../store/task-store.ts';
import type { WorkerStarter } from '../store/worker-starter.ts';

interface Deps {
  readonly store: Pick<TaskStore, 'list'>;
  readonly starter: WorkerStarter;
  readonly clock: Clock;
  readonly log: Log;
  /** Returns numbers from 0 to below 1. */
  readonly random?: () => number;
  /** Called with each task. No other than its name is kept. */
  readonly seen?: (task: TaskBrief) => void;
}

export interface TickReport {
  readonly tasks: number;
  readonly started: number;
  /** Tasks left for the next tick: their workers could not be started, or time was up. */
  readonly failed: number;
}

const STARTED_AT_ONCE = 16;
/**
 * A tick tries a refused start this often, with this pause in between: the platform may be starting too many workers.
 */
const ROUNDS = 3;
const BETWEEN_ROUNDS_MS = 1_000;

/**
 * Starts a worker for every task that needs one, in random order. If a tick runs out of time, or the platform refuses
 * some starts, other tasks have to wait each time. A failed start does not keep other workers from starting.
 */
export async function startWorkers(deps: Deps, signal: AbortSignal): Promise<TickReport> {
  const { clock, log, random = Math.random } = deps;
  let tasks = 0;
  const due: string[] = [];
  for await (const task of deps.store.list()) {
    const now = clock.now();
    tasks += 1;
    if (needsWorker(task, now, now + SUCCESSION_MS)) due.push(task.spec.name);
    deps.seen?.(task);
  }
  let left = shuffled(due, random);
  for (let round = 1; round <= ROUNDS && left.length > 0 && !signal.aborted; round += 1) {
    if (round > 1) await wait(clock, BETWEEN_ROUNDS_MS * (0.5 + random()), signal);
    left = await startAll(deps, left, signal);
  }
  const report = { tasks, started: due.length - left.length, failed: left.length };
  log(report.failed === 0 ? 'info' : 'error', 'tick.ended', { ...report });
  return report;
}

/**
 * Starts the workers concurrently, so that a slow start delays no other. Returns the tasks whose workers were not
 * started.
 */
async function startAll(deps: Deps, tasks: readonly string[], signal: AbortSignal): Promise<string[]> {
  const left: string[] = [];
  await forEachConcurrently(tasks, STARTED_AT_ONCE, async (task) => {
    if (signal.aborted || !(await start(deps, task))) left.push(task);
  });
  return left;
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

/** Ends without an error when the time is up. */
const wait = (clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> =>
  clock.sleep(milliseconds, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
