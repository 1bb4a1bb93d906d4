/** Does some item pass the test? Up to `lanes` are tested at a time, and no more once one has passed. */
export async function some<T>(
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
