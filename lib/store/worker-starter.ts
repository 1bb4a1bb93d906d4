/** Starts a worker for a task and does not wait for it. Starting one too many does no harm: the lease decides. */
export interface WorkerStarter {
  start(taskName: string): Promise<void>;
}
