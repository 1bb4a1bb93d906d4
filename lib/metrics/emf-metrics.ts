import type { Clock } from '../clock.ts';
import type { Metrics, WorkerReport } from '../replication/metrics.ts';
import type { TaskRecord } from '../task/task-record.ts';
import type { TickReport } from '../task/start-workers.ts';
import { emfLine, type Properties } from './emf.ts';
import { TASK_METRICS, TICK_METRICS, WORKER_METRICS, type WorkerMetric } from './metric-names.ts';
import { stageGauges, taskGauges } from './task-gauges.ts';

export interface EmfOptions {
  /** The one dimension of all metrics. */
  readonly stage: string;
  /** Metrics of each task as well, which have to be paid for by the task. */
  readonly perTask: boolean;
  readonly clock: Pick<Clock, 'now'>;
  readonly write?: (line: string) => void;
}

// Not console.log: on Lambda that adds a prefix, and the line is no JSON any more.
const writeToStdout = (line: string): void => {
  process.stdout.write(line);
};

/** Writes metrics into the function's log, from where CloudWatch takes them. */
export class EmfMetrics implements Metrics {
  readonly #options: EmfOptions;
  readonly #write: (line: string) => void;

  constructor(options: EmfOptions) {
    this.#options = options;
    this.#write = options.write ?? writeToStdout;
  }

  report(report: WorkerReport, fields: Properties): void {
    const { stage, clock } = this.#options;
    this.#write(
      emfLine(WORKER_METRICS, workerValues(report), { Stage: stage }, { ...fields, event: 'metrics' }, clock.now()),
    );
  }

  /** What the tick has found, and done. `unreadable`: tasks whose items are broken. */
  tick(tasks: readonly TaskRecord[], unreadable: number, { started, failed }: TickReport): void {
    const { stage, clock, perTask } = this.#options;
    const now = clock.now();
    const event = { event: 'metrics' };
    const values = { ...stageGauges(tasks, unreadable, now), WorkersStarted: started, WorkersNotStarted: failed };
    this.#write(emfLine(TICK_METRICS, values, { Stage: stage }, event, now));
    for (const task of perTask ? tasks : []) {
      this.#write(emfLine(TASK_METRICS, taskGauges(task, now), { Stage: stage, Task: task.spec.name }, event, now));
    }
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
