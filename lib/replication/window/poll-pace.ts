/** The shortest wait after a look that has found nothing, in milliseconds. */
const QUICKEST_MS = 20;
/** After a change, the wait grows to this part of the time that has been quiet since. */
const SHARE = 50;

/**
 * How long to wait until the next look at the source, in milliseconds: who has just written will soon write again. So a
 * task adds little to the lag of a busy source, and asks an idle one no more often than it was told to. A look that takes
 * long is followed by as long a rest.
 */
export const pollWait = (quietFor: number, lookTook: number, pollIntervalMs: number): number =>
  Math.min(pollIntervalMs, Math.max(QUICKEST_MS, quietFor / SHARE, lookTook));
