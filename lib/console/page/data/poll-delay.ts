const USUAL_MS = 3_000;
const HURRIED_MS = 1_000;
const HIDDEN_MS = 15_000;
const LONGEST_MS = 60_000;

export interface PollState {
  /** Failures in a row. */
  readonly failures: number;
  /** How long the last answer took. */
  readonly tookMs: number;
  /** The user has just changed something, and wants to see what comes of it. */
  readonly isHurried: boolean;
  /** Nobody looks at the page. */
  readonly isHidden: boolean;
}

/** Milliseconds until the next look. A slow API is asked less often, and one that fails ever less often. */
export function pollDelay({ failures, tookMs, isHurried, isHidden }: PollState): number {
  const wanted = isHidden ? HIDDEN_MS : isHurried ? HURRIED_MS : USUAL_MS;
  if (failures > 0) return Math.min(LONGEST_MS, Math.max(wanted, USUAL_MS * 2 ** Math.min(failures, 10)));
  return Math.min(LONGEST_MS, Math.max(wanted, 4 * tookMs));
}
