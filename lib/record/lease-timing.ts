/** A holder that has not renewed its lease for this long has lost it, in milliseconds. */
export const LEASE_TTL_MS = 30_000;
/**
 * A holder renews its lease this often, unless saving progress has prolonged it anyway: an idle task's checkpoint moves
 * more often, so that it needs no write of its own.
 */
export const LEASE_RENEWAL_MS = 12_000;
/** A holder looks this often at what the user asks for: a pause takes effect within this time. */
export const WATCH_INTERVAL_MS = 1_000;
