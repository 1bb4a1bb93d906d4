/**
 * Works through the items, several at a time. After the first failure it begins no further item, waits for the running
 * ones, and throws the failure: afterwards no work runs in the background.
 */
export async function forEachConcurrently<T>(
  items: Iterable<T>,
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    while (failures.length === 0) {
      const next = queue.next();
      if (next.done === true) return;
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.length > 0) throw failures[0];
}

/** True when some item passes the test. Tests up to `lanes` items at a time, and begins no more once one has passed. */
export async function someConcurrently<T>(
  items: readonly T[],
  lanes: number,
  test: (item: T) => Promise<boolean>,
): Promise<boolean> {
  const queue = [...items];
  let found = false;
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      if (await test(item)) found = true;
      if (found) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  return found;
}
