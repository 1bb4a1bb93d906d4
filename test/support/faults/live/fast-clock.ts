import { systemClock, type Clock } from '../../../../lib/clock.ts';

/** How much faster this clock runs. Leases run out, and waits between tries end, within moments. */
export const SPEED = 20;

/** The time from which all processes count. */
const BEGUN = Date.UTC(2026, 0, 1);

/** The same time in every process, plus the milliseconds by which each process is ahead. */
export class FastClock implements Clock {
  readonly #ahead: number;

  constructor(ahead: number) {
    this.#ahead = ahead;
  }

  now(): number {
    return BEGUN + (Date.now() - BEGUN) * SPEED + this.#ahead;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await systemClock.sleep(milliseconds / SPEED, signal);
  }
}
