import type { Log } from '../log.ts';
import type { TaskStore } from '../store/task-store.ts';
import type { WorkerStarter } from '../store/worker-starter.ts';

/** Everything that the commands use. */
export interface CommandContext {
  readonly store: TaskStore;
  readonly starter: WorkerStarter;
  readonly log: Log;
}

/** Starts a worker. A failed start is only logged: the schedule starts a worker within a minute. */
export async function startWorker({ starter, log }: CommandContext, name: string): Promise<void> {
  try {
    await starter.start(name);
  } catch (error) {
    log('warn', 'worker.not-started', { task: name, error });
  }
}
