import { checkpointInterval, IDLE_ADVANCE_MS } from '../../record/lag.ts';
import { pollWait } from './poll-pace.ts';
import type { Session } from '../session/session.ts';
import type { Verification } from '../compare/verification.ts';

/** Within this time a worker that waits for `minWindowMs` sees what the user asks for. Milliseconds. */
const HEEDS_WITHIN_MS = 1_000;

/** When a worker looks at its source, and when its next window is due. All times are milliseconds since 1970. */
export class WindowTimes {
  readonly #session: Session;
  readonly #checks: Pick<Verification, 'wanted'>;
  /** From when on the next window may begin. */
  #from: number;
  /** When the last window ended, and the last one that had changes. */
  #movedAt = 0;
  #foundAt: number;

  constructor(session: Session, checks: Pick<Verification, 'wanted'>) {
    this.#session = session;
    this.#checks = checks;
    this.#foundAt = session.deps.clock.now();
    // Another worker may have begun the last window.
    this.#from = session.progress.caughtUpAt + this.#shortest;
  }

  /**
   * False until `minWindowMs` after the beginning of the last window, or until the end of the task. Until then, a look
   * would be of no use.
   */
  mayBegin(): boolean {
    return this.#untilNext() <= 0;
  }

  begins(): void {
    this.#from = this.#now + this.#shortest;
  }

  ended(found: boolean): void {
    this.#movedAt = this.#now;
    if (found) this.#foundAt = this.#movedAt;
  }

  /** Is it time to move the checkpoint although nothing seems to have changed? */
  isIdleWindowDue(): boolean {
    return this.#now >= this.#idleUntil(IDLE_ADVANCE_MS);
  }

  /** Milliseconds until the next window may begin; no longer than to the end of the task. */
  #untilNext(): number {
    const { endTs } = this.#options;
    const from = endTs === null ? this.#from : Math.min(this.#from, Math.max(this.#now, Date.parse(endTs)));
    return from - this.#now;
  }

  /** Milliseconds to rest after a look that took `tookMs`. */
  rest(found: boolean, tookMs: number): number {
    const untilNext = this.#untilNext();
    if (untilNext > 0) return Math.min(untilNext, HEEDS_WITHIN_MS);
    if (found) return 0;
    const wait = pollWait(this.#now - this.#foundAt, tookMs, this.#options.pollIntervalMs);
    // By the tick, there is no next look.
    const due = this.#idleUntil(checkpointInterval(this.#options, 'continuous')) - this.#now;
    return Math.max(0, Math.min(wait, due));
  }

  /**
   * The write of an idle checkpoint renews the lease too, so wait until other writes are IDLE_ADVANCE_MS ago. Do not
   * wait for them during a check, which stores progress more often. Never wait longer than two intervals: slow looks
   * renew the lease each time.
   */
  #idleUntil(interval: number): number {
    const others = this.#movedAt === 0 || this.#checks.wanted ? 0 : this.#session.storedAt + IDLE_ADVANCE_MS;
    const longest = this.#movedAt + 2 * checkpointInterval(this.#options, 'continuous');
    return Math.min(longest, Math.max(this.#movedAt + interval, others));
  }

  get #shortest(): number {
    const { mode, minWindowMs } = this.#options;
    return mode === 'tick' ? 0 : minWindowMs;
  }

  get #options() {
    return this.#session.record.spec.options;
  }

  get #now(): number {
    return this.#session.deps.clock.now();
  }
}
