import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `look` gives something; fails with its last error, or with `what`. */
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
