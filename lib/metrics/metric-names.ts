/**
 * All metrics of the product, with CloudWatch's units. A test checks that the alarms and the dashboard of
 * serverless.yml use no others. docs/operations.md says what each is for.
 */
export const NAMESPACE = 'MatrixOneCDC';

/** Metrics of all workers of a stage together. Each worker reports the changes since its last report. */
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

/** Metrics of all tasks of a stage together, which the tick writes once a minute. */
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

/** Metrics of one task, which the tick writes if the deployment asks for them: each costs money. */
export const TASK_METRICS = {
  TaskLag: 'Seconds',
  TaskRows: 'Count',
  TaskLoadRowsLeft: 'Count',
  TaskNeedsHelp: 'Count',
} as const;

export type Unit = 'Count' | 'Bytes' | 'Seconds';
export type WorkerMetric = keyof typeof WORKER_METRICS;
export type TickMetric = keyof typeof TICK_METRICS;
export type TaskMetric = keyof typeof TASK_METRICS;
