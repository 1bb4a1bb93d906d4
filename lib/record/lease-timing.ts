/** A holder that has not renewed its lease for this long has lost it, in milliseconds. */
export const LEASE_TTL_MS = 30_000;
/**
 * A holder renews its lease this often, in milliseconds, unless saving progress has renewed it. The checkpoint of an
 * idle task moves more often than that, so the lease needs no write of its own.
 */
export const LEASE_RENEWAL_MS = 12_000;
/**
 * The scheduler starts the successor of a worker whose deadline is nearer than this, since its next tick comes in a
 * minute; the successor waits for that worker's lease. Milliseconds.
 */
export const SUCCESSION_MS = 65_000;
/** A holder looks this often at what the user asks for, in milliseconds: a pause takes effect within this time. */
export const WATCH_INTERVAL_MS = 1_000;
