/** What the page has seen of a task at one time. */
export interface Sample {
  /** Milliseconds since 1970, by the API's clock. */
  readonly at: number;
  readonly lagMs: number | null;
  /** Rows loaded and applied so far. */
  readonly rows: number;
}

const KEPT_MS = 3_600_000;
/** Everything seen within this time is kept; of what is older, one sample for each `COARSE_MS`. */
const FINE_MS = 120_000;
const COARSE_MS = 20_000;
/** A rate over a shorter time would jump. */
const RATE_MS = 10_000;

/** Adds a sample, and thins out the older ones: an hour of a thousand tasks has to fit into the page's memory. */
export function withSample(samples: readonly Sample[], added: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && added.at <= last.at) return samples;
  // After a restart of the task its rows are counted anew.
  const before = last !== undefined && added.rows < last.rows ? [] : samples;
  const kept: Sample[] = [];
  for (const sample of before) {
    const age = added.at - sample.at;
    if (age > KEPT_MS) continue;
    const earlier = kept.at(-1);
    if (age > FINE_MS && earlier !== undefined && sample.at - earlier.at < COARSE_MS) continue;
    kept.push(sample);
  }
  return [...kept, added];
}

/** Rows a second lately; null until enough was seen. */
export function rateOf(samples: readonly Sample[]): number | null {
  const last = samples.at(-1);
  if (last === undefined) return null;
  const first = samples.findLast(({ at }) => last.at - at >= RATE_MS) ?? samples[0];
  return first === undefined || first.at === last.at ? null : (1_000 * (last.rows - first.rows)) / (last.at - first.at);
}

/** Rows a second between each sample and the one before it. */
export const ratesOf = (samples: readonly Sample[]): (number | null)[] =>
  samples.map(({ at, rows }, index) => {
    const before = samples[index - 1];
    return before === undefined ? null : (1_000 * (rows - before.rows)) / (at - before.at);
  });
