import type { Clock } from '../../lib/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * Time that passes only while everybody sleeps: then it goes on to the next one that wakes up. For worlds in memory, where
 * whatever is under way ends before the event loop comes round.
 */
export class VirtualClock implements Clock {
  /** What was slept for, in order. */
  readonly sleeps: { readonly at: number; readonly milliseconds: number }[] = [];
  #now = 1_700_000_000_000;
  #sleepers: Sleeper[] = [];
  #scheduled = false;

  now(): number {
    return this.#now;
  }

  jump(milliseconds: number): void {
    this.#now += milliseconds;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push({ at: this.#now, milliseconds });
    await new Promise<void>((resolve) => {
      const sleeper = { at: this.#now + milliseconds, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      });
      this.#schedule();
    });
    signal?.throwIfAborted();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#wakeNext();
      if (this.#sleepers.length > 0) this.#schedule();
    });
  }

  #wakeNext(): void {
    const [first, ...others] = this.#sleepers.sort((a, b) => a.at - b.at);
    if (first === undefined) return;
    this.#sleepers = others;
    this.#now = Math.max(this.#now, first.at);
    first.wake();
  }
}
