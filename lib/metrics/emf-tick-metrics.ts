import type { TaskRecord } from '../record/task-record.ts';
import type { TickReport } from '../schedule/start-workers.ts';
import type { TickMetrics } from '../schedule/tick.ts';
import { emfLine } from './emf.ts';
import { type EmfOptions, writeToStdout } from './emf-options.ts';
import { TASK_METRICS, TICK_METRICS } from './metric-names.ts';
import { stageGauges, taskGauges } from './task-gauges.ts';

/** Writes the tick's findings into the function's log, from which CloudWatch takes metrics. */
export class EmfTickMetrics implements TickMetrics {
  readonly #options: EmfOptions;

  constructor(options: EmfOptions) {
    this.#options = options;
  }

  /** Writes what the tick found and did. `unreadable`: the number of tasks whose items are broken. */
  tick(tasks: readonly TaskRecord[], unreadable: number, { started, failed }: TickReport): void {
    const { stage, clock, perTask, write = writeToStdout } = this.#options;
    const now = clock.now();
    const event = { event: 'metrics' };
    const values = { ...stageGauges(tasks, unreadable, now), WorkersStarted: started, WorkersNotStarted: failed };
    write(emfLine(TICK_METRICS, values, { Stage: stage }, event, now));
    for (const task of perTask ? tasks : []) {
      write(emfLine(TASK_METRICS, taskGauges(task, now), { Stage: stage, Task: task.spec.name }, event, now));
    }
  }
}
