/**
 * Batches whose first one has been asked for already: whoever opens a transaction for them does not wait in it, holding
 * locks, until the other end has found something.
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

  /** Lets go of what was not read. Waits for nothing: the other end may be in the midst of finding more. */
  end(): void {
    this.#iterator.return?.().catch(() => undefined);
  }
}
