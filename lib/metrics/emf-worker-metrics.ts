import type { Metrics, WorkerReport } from '../replication/session/metrics.ts';
import { emfLine, type Properties } from './emf.ts';
import { type EmfOptions, writeToStdout } from './emf-options.ts';
import { WORKER_METRICS, type WorkerMetric } from './metric-names.ts';

/** Writes a worker's reports into the function's log, from which CloudWatch takes metrics. */
export class EmfWorkerMetrics implements Metrics {
  readonly #options: EmfOptions;

  constructor(options: EmfOptions) {
    this.#options = options;
  }

  report(report: WorkerReport, fields: Properties): void {
    const { stage, clock, write = writeToStdout } = this.#options;
    const properties = { ...fields, event: 'metrics' };
    write(emfLine(WORKER_METRICS, workerValues(report), { Stage: stage }, properties, clock.now()));
  }
}

function workerValues({ lagMs, ...counts }: WorkerReport): Partial<Record<WorkerMetric, number>> {
  return {
    Windows: counts.windows,
    RowsApplied: counts.rowsApplied,
    RowsLoaded: counts.rowsLoaded,
    RowsRead: counts.rowsRead,
    BytesRead: counts.bytesRead,
    Errors: counts.errors,
    Retries: counts.retries,
    ...(lagMs === undefined ? {} : { CheckpointLag: lagMs / 1_000 }),
  };
}
