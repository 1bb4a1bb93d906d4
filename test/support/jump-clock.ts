import { systemClock, type Clock } from '../../lib/clock.ts';

/** Real time that can be moved forward, so that a lease runs out without waiting for it. */
export class JumpClock implements Clock {
  #ahead = 0;

  now(): number {
    return systemClock.now() + this.#ahead;
  }

  jump(milliseconds: number): void {
    this.#ahead += milliseconds;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await systemClock.sleep(milliseconds, signal);
  }
}
