import { type Clock, systemClock } from '../../lib/clock.ts';

/** The time at which a fast clock was right, and how many times too fast it is. */
export interface Pace {
  readonly origin: number;
  readonly factor: number;
}

/** The same in all processes of a storm: leases run out sooner, so that a minute holds more of what takes a lease's length. */
export const fastClock = ({ origin, factor }: Pace): Clock => ({
  now: () => origin + Math.floor((Date.now() - origin) * factor),
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / factor, signal),
});
