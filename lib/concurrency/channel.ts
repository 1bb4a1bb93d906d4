/** Hands items from a producer to a consumer, one at a time: `push` waits until the consumer has taken the item. */
export class Channel<T> implements AsyncIterable<T> {
  #item: { readonly value: T; readonly taken: () => void } | undefined;
  #closed = false;
  #failure: { readonly error: unknown } | undefined;
  #arrived: (() => void) | undefined;

  async push(value: T): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    await new Promise<void>((resolve) => {
      this.#item = { value, taken: resolve };
      this.#arrived?.();
    });
    this.#check();
  }

  /** Tells the consumer that no more items come. */
  close(): void {
    this.#closed = true;
    this.#arrived?.();
  }

  /** The consumer has failed: pending and later calls of `push` throw its error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#item?.taken();
    this.#arrived?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      this.#check();
      const item = this.#item;
      if (item !== undefined) {
        this.#item = undefined;
        item.taken();
        yield item.value;
      } else if (this.#closed) return;
      else await this.#wait();
    }
  }

  async #wait(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
    this.#arrived = undefined;
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
