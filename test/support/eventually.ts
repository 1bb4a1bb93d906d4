import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `look` returns something. On timeout throws the last error of `look`, or an error with `what`. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  milliseconds = 60_000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Not within ${milliseconds} ms: ${what}`);
    await delay(200);
  }
}
