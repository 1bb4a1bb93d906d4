import type { Clock } from '../../clock.ts';
import { type Counts, type Metrics, NO_COUNTS, type WorkerReport } from './metrics.ts';

/** A worker that dies loses at most the counts of this time. Milliseconds. */
export const METRICS_INTERVAL_MS = 30_000;

/**
 * Reports the counts since the last report from time to time. It costs nothing per row, since it only reads the counts.
 */
export class Reporter {
  readonly #metrics: Metrics;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #fields: () => Readonly<Record<string, unknown>>;
  #reported: Readonly<Counts> = NO_COUNTS;
  #lagMs: number | undefined;
  #at: number;

  constructor(metrics: Metrics, clock: Pick<Clock, 'now'>, fields: () => Readonly<Record<string, unknown>>) {
    this.#metrics = metrics;
    this.#clock = clock;
    this.#fields = fields;
    this.#at = clock.now();
  }

  /** Call it when a checkpoint is stored. `milliseconds`: how old the checkpoint before it was. */
  lagged(milliseconds: number): void {
    this.#lagMs = Math.max(this.#lagMs ?? 0, milliseconds);
  }

  /** Reports if it is time or the `last` chance, and if there is anything to report. */
  report(counts: Readonly<Counts>, last: boolean): void {
    const now = this.#clock.now();
    if (!last && now - this.#at < METRICS_INTERVAL_MS) return;
    this.#at = now;
    const report = since(this.#reported, counts, this.#lagMs);
    this.#reported = { ...counts };
    this.#lagMs = undefined;
    if (report.lagMs !== undefined || Object.values(report).some(Boolean)) this.#metrics.report(report, this.#fields());
  }
}

const since = (then: Readonly<Counts>, now: Readonly<Counts>, lagMs: number | undefined): WorkerReport => ({
  windows: now.windows - then.windows,
  rowsLoaded: now.rowsLoaded - then.rowsLoaded,
  rowsApplied: now.rowsApplied - then.rowsApplied,
  rowsRead: now.rowsRead - then.rowsRead,
  bytesRead: now.bytesRead - then.bytesRead,
  errors: now.errors - then.errors,
  retries: now.retries - then.retries,
  lagMs,
});
