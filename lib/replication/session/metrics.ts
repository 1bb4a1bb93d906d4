/** What a worker has done since it took the lease; each only grows. */
export interface Counts {
  windows: number;
  /** Rows of first copies, and changes of windows, that the sink has committed. */
  rowsLoaded: number;
  rowsApplied: number;
  /** What has come from the source, and from the sink for comparisons, whatever it was for. */
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

/** What has come about since the last report. */
export interface WorkerReport extends Counts {
  /** The oldest that the sink was when a checkpoint was stored, in milliseconds; undefined when none was. */
  readonly lagMs: number | undefined;
}

/** Where workers report to. Never throws, and never lets them wait. */
export interface Metrics {
  /** `fields`: of the log, as task and epoch. */
  report(report: WorkerReport, fields: Readonly<Record<string, unknown>>): void;
}

export const NO_METRICS: Metrics = { report: () => undefined };
