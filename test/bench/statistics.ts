/** The value that a share of the others (0 to 1) does not exceed, by the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** `2.31`, `14.2`, `812`: three digits tell as much as a measurement here is worth. */
export const short = (value: number): string =>
  Number.isFinite(value) ? value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0) : '-';

/** `median (lowest to highest)`. */
export const spread = (values: readonly number[]): string =>
  `${short(median(values))} (${short(Math.min(...values))} to ${short(Math.max(...values))})`;
