import { startWorkers } from '../../lib/schedule/start-workers.ts';
import type { TaskOptions } from '../../lib/task/task.ts';
import { BusyWorld } from './busy-world.ts';
import type { Gate } from './gate.ts';

/** A worker's run; times in milliseconds since the world began. */
export interface Run {
  readonly from: number;
  to: number | undefined;
}

const MINUTE = 60_000;
/** The time of a worker that AWS gives 15 minutes. */
const RUN_MS = 890_000;

/** A task in virtual time, with a tick every minute that starts its workers as the deployed one does. */
export class ScheduledWorld {
  readonly busy: BusyWorld;
  readonly runs: Run[] = [];
  readonly begunAt: number;
  /** Makes the gate of the next worker. */
  gate: () => Gate = () => () => Promise.resolve();
  #under: Promise<unknown>[] = [];

  constructor(options: Partial<TaskOptions> = {}) {
    this.busy = new BusyWorld({ mode: 'adaptive', ...options });
    this.begunAt = this.busy.clock.now();
  }

  /** Milliseconds since the world began. */
  get time(): number {
    return this.busy.clock.now() - this.begunAt;
  }

  /** The calls of this name, each as the time at which it was made. */
  times(call: string): number[] {
    return this.busy.made(call).map(({ at }) => at - this.begunAt);
  }

  /** Ticks once a minute for so long. `between` runs after each minute. */
  async minutes(count: number, between: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const { clock, world } = this.busy;
    const never = new AbortController().signal;
    const starter = {
      start: async () => {
        await Promise.resolve();
        this.#start();
      },
    };
    for (let minute = 0; minute < count; minute += 1) {
      await startWorkers({ store: world.store, starter, clock, log: () => undefined }, never);
      await clock.sleep(MINUTE);
      this.busy.writeDue();
      await between();
    }
  }

  /** Lets every worker end: the task is paused. */
  async end(): Promise<void> {
    await this.busy.world.store.setDesired('t', 'paused');
    await Promise.all(this.#under);
  }

  #start(): void {
    const run: Run = { from: this.time, to: undefined };
    this.runs.push(run);
    const end = () => {
      run.to = this.time;
    };
    // A worker that is killed rejects.
    this.#under.push(this.busy.world.run(this.busy.gate(this.gate()), RUN_MS).then(end, end));
  }
}
