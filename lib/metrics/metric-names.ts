/**
 * All metrics of the product, with their units as CloudWatch has them. The alarms and the dashboard of serverless.yml use
 * no others, which a test makes sure of; docs/operations.md says what each is for.
 */
export const NAMESPACE = 'MatrixOneCDC';

/** Of all workers of a stage together: what has come about since each reported last. */
export const WORKER_METRICS = {
  Windows: 'Count',
  RowsApplied: 'Count',
  RowsLoaded: 'Count',
  RowsRead: 'Count',
  BytesRead: 'Bytes',
  Errors: 'Count',
  Retries: 'Count',
  CheckpointLag: 'Seconds',
} as const;

/** Of all tasks of a stage together, as the tick finds them, once a minute. */
export const TICK_METRICS = {
  Heartbeat: 'Count',
  Tasks: 'Count',
  TasksRunning: 'Count',
  TasksRetrying: 'Count',
  TasksStalled: 'Count',
  TasksFailed: 'Count',
  TasksPaused: 'Count',
  TasksSetAside: 'Count',
  TasksHistoryExpiring: 'Count',
  LargestLag: 'Seconds',
  LargestLagBeyondInterval: 'Seconds',
  OldestProgress: 'Seconds',
  LoadRowsLeft: 'Count',
  WorkersStarted: 'Count',
  WorkersNotStarted: 'Count',
} as const;

/** Of one task, as the tick finds it; only where the deployment asks for it, since each costs something. */
export const TASK_METRICS = { TaskLag: 'Seconds', TaskLoadRowsLeft: 'Count', TaskNeedsHelp: 'Count' } as const;

export type Unit = 'Count' | 'Bytes' | 'Seconds';
export type WorkerMetric = keyof typeof WORKER_METRICS;
export type TickMetric = keyof typeof TICK_METRICS;
export type TaskMetric = keyof typeof TASK_METRICS;
