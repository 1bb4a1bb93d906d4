import { withTimeout } from '../../lib/concurrency/with-timeout.ts';

/** What a promise comes to; an error that says what was waited for, where it takes longer than so many milliseconds. */
export async function within<T>(milliseconds: number, what: () => string, promise: Promise<T>): Promise<T> {
  const done = promise.then((value) => ({ value }));
  const ended = await withTimeout(done, milliseconds);
  if (ended === undefined) throw new Error(`Not within ${milliseconds} ms: ${what()}.`);
  return ended.value;
}
