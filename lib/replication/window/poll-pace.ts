/** The shortest wait after a look that found nothing, in milliseconds. */
const QUICKEST_MS = 20;
/** The wait grows to 1 / SHARE of the time since the last change. */
const SHARE = 50;

/**
 * Milliseconds to wait until the next look at the source; all arguments are milliseconds. Writes tend to come close
 * together, so the wait is short after a change, which adds little lag for a busy source. An idle source is asked once
 * per `pollIntervalMs`. After a long look, the worker rests at least as long.
 */
export const pollWait = (quietFor: number, lookTook: number, pollIntervalMs: number): number =>
  Math.min(pollIntervalMs, Math.max(QUICKEST_MS, quietFor / SHARE, lookTook));
