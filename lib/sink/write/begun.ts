/**
 * An iterable whose first item has been read already. A transaction opened for it does not hold locks while the other
 * end looks for that item.
 */
export class Begun<T> implements AsyncIterable<T> {
  readonly #iterator: AsyncIterator<T>;
  readonly #first: IteratorResult<T>;

  private constructor(iterator: AsyncIterator<T>, first: IteratorResult<T>) {
    this.#iterator = iterator;
    this.#first = first;
  }

  static async of<T>(items: AsyncIterable<T>): Promise<Begun<T>> {
    const iterator = items[Symbol.asyncIterator]();
    return new Begun(iterator, await iterator.next());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let item = this.#first; item.done !== true; item = await this.#iterator.next()) yield item.value;
  }

  /** Drops what was not read. Does not wait, because the other end may still be looking for more. */
  end(): void {
    this.#iterator.return?.().catch(() => undefined);
  }
}
