import type { MetricPoint } from '../../task-api.ts';
import { ratesOf, type Sample } from './samples.ts';

/** What the plots of a task draw. */
export interface Plotted {
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly lags: readonly (number | null)[];
  readonly rates: readonly (number | null)[];
  /** When what the page has seen begins, in milliseconds since 1970; undefined if it has seen nothing. */
  readonly seenFrom: number | undefined;
  /** Does anything come from CloudWatch? */
  readonly hasMetrics: boolean;
}

const HOUR_MS = 3_600_000;
/** The tick has not written a metric for a while: nobody knows when in that time the rows came. */
const LONGEST_GAP_MS = 180_000;

/**
 * What CloudWatch has of the last hour, up to when the page itself began to see the task, and then what that has seen:
 * it is finer. `since`: when the task was made, since an older one may have had its name.
 */
export function plotted(points: readonly MetricPoint[], samples: readonly Sample[], since: number): Plotted {
  const seenFrom = samples[0]?.at;
  const last = samples.at(-1)?.at ?? points.at(-1)?.at ?? 0;
  const before = points.filter(({ at }) => at >= since && at >= last - HOUR_MS && at < (seenFrom ?? Infinity));
  return {
    times: [...before, ...samples].map(({ at }) => at / 1_000),
    lags: [...before, ...samples].map(({ lagMs }) => (lagMs === null ? null : lagMs / 1_000)),
    rates: [...pointRates(before), ...ratesOf(samples)],
    seenFrom,
    hasMetrics: before.length > 0,
  };
}

/** Rows a second between each minute and the one before it. After a restart of the task its rows are counted anew. */
const pointRates = (points: readonly MetricPoint[]): (number | null)[] =>
  points.map(({ at, rows }, index) => {
    const before = points[index - 1];
    if (before === undefined || rows === null || before.rows === null) return null;
    if (rows < before.rows || at - before.at > LONGEST_GAP_MS) return null;
    return (1_000 * (rows - before.rows)) / (at - before.at);
  });
