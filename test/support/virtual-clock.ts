import type { Clock } from '../../lib/clock.ts';

interface Sleeper {
  readonly until: number;
  wake(): void;
}

/** If the event loop has nothing to do for so many turns, everyone is taken to be asleep. */
const QUIET_TURNS = 3;

/**
 * Time that passes only when everyone sleeps, and then jumps to the next wake-up. Hours take a moment, and every run
 * takes the same time. For workers whose ends are in memory.
 */
export class VirtualClock implements Clock {
  /** Every sleep that was asked for, in order. */
  readonly sleeps: { readonly at: number; readonly milliseconds: number }[] = [];
  #now = 1_700_000_000_000;
  #sleepers: Sleeper[] = [];
  #quiet = 0;
  #turning = false;

  now(): number {
    this.#quiet = 0;
    return this.#now;
  }

  jump(milliseconds: number): void {
    this.#now += milliseconds;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push({ at: this.#now, milliseconds });
    const woken = Promise.withResolvers<undefined>();
    const sleeper = {
      until: this.#now + milliseconds,
      wake: () => {
        woken.resolve(undefined);
      },
    };
    this.#sleepers.push(sleeper);
    const abort = (): void => {
      this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
      woken.resolve(undefined);
    };
    signal?.addEventListener('abort', abort);
    this.#turn();
    await woken.promise;
    signal?.removeEventListener('abort', abort);
    signal?.throwIfAborted();
  }

  #turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    this.#quiet = 0;
    const turn = (): void => {
      this.#quiet += 1;
      if (this.#quiet > QUIET_TURNS) this.#wakeNext();
      this.#turning = this.#sleepers.length > 0;
      if (this.#turning) setImmediate(turn);
    };
    setImmediate(turn);
  }

  #wakeNext(): void {
    const next = this.#sleepers.reduce<Sleeper | undefined>(
      (first, one) => (first === undefined || one.until < first.until ? one : first),
      undefined,
    );
    if (next === undefined) return;
    this.#now = Math.max(this.#now, next.until);
    this.#sleepers = this.#sleepers.filter((one) => one !== next);
    this.#quiet = 0;
    next.wake();
  }
}
