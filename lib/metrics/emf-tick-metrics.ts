import type { TickFindings, TickMetrics } from '../schedule/tick.ts';
import { emfLine } from './emf.ts';
import { type EmfOptions, writeToStdout } from './emf-options.ts';
import { TASK_METRICS, TICK_METRICS } from './metric-names.ts';
import { StageGauges, taskGauges } from './task-gauges.ts';

/** Writes the tick's findings into the function's log, from which CloudWatch takes metrics. */
export class EmfTickMetrics implements TickMetrics {
  readonly #options: EmfOptions;

  constructor(options: EmfOptions) {
    this.#options = options;
  }

  begin(): TickFindings {
    const { stage, clock, perTask, write = writeToStdout } = this.#options;
    const gauges = new StageGauges();
    const event = { event: 'metrics' };
    return {
      see: (task) => {
        const now = clock.now();
        gauges.add(task, now);
        if (!perTask) return;
        write(emfLine(TASK_METRICS, taskGauges(task, now), { Stage: stage, Task: task.spec.name }, event, now));
      },
      report: (unreadable, { started, failed }) => {
        const values = { ...gauges.result(unreadable), WorkersStarted: started, WorkersNotStarted: failed };
        write(emfLine(TICK_METRICS, values, { Stage: stage }, event, clock.now()));
      },
    };
  }
}
