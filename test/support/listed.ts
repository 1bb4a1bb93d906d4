/** Everything of an asynchronous list, in order. */
export async function listed<T>(list: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of list) all.push(one);
  return all;
}

/** A list of these, as a store gives it. */
export async function* listOf<T>(all: readonly T[]): AsyncGenerator<T, void, undefined> {
  await Promise.resolve();
  yield* all;
}
