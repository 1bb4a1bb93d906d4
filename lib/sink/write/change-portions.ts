import type { Change } from '../../data/change.ts';
import type { Changes } from '../../data/row-block.ts';
import { withTimeout } from '../../concurrency/with-timeout.ts';

/** How often `mayGoOn` is asked while the changes are slow to come. Milliseconds. */
const LOOK_MS = 200;

/**
 * The changes in portions of `most` or fewer, as they come. `mayGoOn` throws when it is no use to wait any longer for
 * the other end, which may hang: then the reading is left to end by itself.
 */
export async function* portionsOf(
  changes: AsyncIterable<Changes>,
  most: number,
  mayGoOn: () => void,
): AsyncGenerator<Change[], void, undefined> {
  const iterator = changes[Symbol.asyncIterator]();
  const read = async (): Promise<IteratorResult<Changes>> => {
    const next = iterator.next();
    for (;;) {
      const item = await withTimeout(next, LOOK_MS);
      if (item !== undefined) return item;
      mayGoOn();
    }
  };
  try {
    for (let item = await read(); item.done !== true; item = await read()) {
      const all = [...item.value];
      for (let i = 0; i < all.length; i += most) yield all.slice(i, i + most);
    }
  } finally {
    await withTimeout(
      Promise.resolve(iterator.return?.()).catch(() => undefined),
      LOOK_MS,
    );
  }
}
