/** Counts a worker's work since it took the lease. The numbers only grow. */
export interface Counts {
  windows: number;
  /** Rows of loads that the sink has committed; `rowsApplied`: changes of windows. */
  rowsLoaded: number;
  rowsApplied: number;
  /** Rows and bytes that came from the source, and from the sink for comparisons. */
  rowsRead: number;
  bytesRead: number;
  errors: number;
  /** Errors after which the worker tried again. */
  retries: number;
}

export const NO_COUNTS: Readonly<Counts> = {
  windows: 0,
  rowsLoaded: 0,
  rowsApplied: 0,
  rowsRead: 0,
  bytesRead: 0,
  errors: 0,
  retries: 0,
};

/** The counts since the last report. */
export interface WorkerReport extends Counts {
  /**
   * The largest lag of the sink when a checkpoint was stored, in milliseconds; undefined when no checkpoint was stored.
   */
  readonly lagMs: number | undefined;
}

/** Receives the reports of workers. Never throws, and never makes them wait. */
export interface Metrics {
  /** `fields`: the fields of the log, such as task and epoch. */
  report(report: WorkerReport, fields: Readonly<Record<string, unknown>>): void;
}

export const NO_METRICS: Metrics = { report: () => undefined };
