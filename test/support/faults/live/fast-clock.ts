import { systemClock, type Clock } from '../../../../lib/clock.ts';

/** How much faster its time passes: leases run out, and waits between tries end, within moments. */
export const SPEED = 20;

/** Where all processes count from. */
const BEGUN = Date.UTC(2026, 0, 1);

/** The same time in every process, but for what each of them is ahead by (milliseconds). */
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
