import { systemClock, type Clock } from '../../lib/clock.ts';

/** Real time that a test can move forward, so that a lease runs out without a wait. */
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
