/** A loader that has not renewed its place for this long loses it, with the chunks that it claimed. Milliseconds. */
export const PLACE_TTL_MS = 30_000;
/** A loader renews its place this often. Milliseconds. */
export const PLACE_RENEWAL_MS = 10_000;
/**
 * A worker that found nothing to load looks again after this time: others may fail, or give back chunks. Milliseconds.
 */
export const LOOK_AGAIN_MS = 250;
