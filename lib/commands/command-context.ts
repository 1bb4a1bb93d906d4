import type { Log } from '../log.ts';
import type { TaskStore } from '../store/task-store.ts';
import type { WorkerStarter } from '../store/worker-starter.ts';

/** What the commands work with. */
export interface CommandContext {
  readonly store: TaskStore;
  readonly starter: WorkerStarter;
  readonly log: Log;
}

/** A worker that could not be started is no reason to fail: the schedule starts one within a minute. */
export async function startWorker({ starter, log }: CommandContext, name: string): Promise<void> {
  try {
    await starter.start(name);
  } catch (error) {
    log('warn', 'worker.not-started', { task: name, error });
  }
}
