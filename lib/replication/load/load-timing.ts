/** A loader that has not renewed its place for so long has lost it, and what it has claimed; milliseconds. */
export const PLACE_TTL = 30_000;
/** It renews its place this often. */
export const PLACE_RENEWAL = 10_000;
/** Whoever has found nothing to load looks again after that: others may fail, or give back what they claimed. */
export const LOOK_AGAIN = 250;
