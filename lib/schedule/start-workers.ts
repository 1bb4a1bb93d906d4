import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { forEachConcurrently } from '../concurrency/concurrently.ts';
import { shuffled } from '../concurrency/shuffled.ts';
import type { TaskRecord } from '../record/task-record.ts';
import { needsWorker } from '../record/task-state.ts';
import type { TaskStore } from '../store/task-store.ts';
import type { WorkerStarter } from '../store/worker-starter.ts';

interface Deps {
  readonly store: Pick<TaskStore, 'list'>;
  readonly starter: WorkerStarter;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to, but not, 1. */
  readonly random?: () => number;
}

export interface TickReport {
  readonly tasks: number;
  readonly started: number;
  /** Left for the next tick: they could not be started, or there was no time for them. */
  readonly failed: number;
}

/** A tick comes every minute: who ends before the next one needs a successor now. Milliseconds. */
const NEXT_TICK_MS = 65_000;
const STARTED_AT_ONCE = 16;
/** A start that is refused, as when there are too many, is tried so often within a tick, with so long in between. */
const ROUNDS = 3;
const BETWEEN_ROUNDS_MS = 1_000;

/**
 * Starts a worker for every task that needs one, in random order: where a tick has not the time for all of them, or the
 * platform refuses some, it is not always the same ones that have to wait for the next. One that cannot be started keeps
 * no other from starting.
 */
export async function startWorkers(deps: Deps, signal: AbortSignal): Promise<TickReport> {
  const { clock, log, random = Math.random } = deps;
  const tasks = await deps.store.list();
  const now = clock.now();
  const due = tasks.filter((task) => needsWorker(task, now, now + NEXT_TICK_MS));
  let left = shuffled(due, random);
  for (let round = 1; round <= ROUNDS && left.length > 0 && !signal.aborted; round += 1) {
    if (round > 1) await wait(clock, BETWEEN_ROUNDS_MS * (0.5 + random()), signal);
    left = await startAll(deps, left, signal);
  }
  const report = { tasks: tasks.length, started: due.length - left.length, failed: left.length };
  log(report.failed === 0 ? 'info' : 'error', 'tick.ended', { ...report });
  return report;
}

/** A slow start holds up none of the others beside it. Answers with those that were not started. */
async function startAll(deps: Deps, tasks: readonly TaskRecord[], signal: AbortSignal): Promise<TaskRecord[]> {
  const left: TaskRecord[] = [];
  await forEachConcurrently(tasks, STARTED_AT_ONCE, async (task) => {
    if (signal.aborted || !(await start(deps, task.spec.name))) left.push(task);
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

/** Time that is up ends the wait and is no error. */
const wait = (clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> =>
  clock.sleep(milliseconds, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
