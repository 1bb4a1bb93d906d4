/** A loader that has not renewed its place for so long has lost it, and what it has claimed; milliseconds. */
export const PLACE_TTL_MS = 30_000;
/** It renews its place this often. */
export const PLACE_RENEWAL_MS = 10_000;
/** Whoever has found nothing to load looks again after that: others may fail, or give back what they claimed. */
export const LOOK_AGAIN_MS = 250;
