import type { ErrorCode } from '../../../lib/error-codes.ts';
import { CdcError } from '../../../lib/errors.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Gate } from '../gate.ts';
import { endOf } from './points.ts';

export const KINDS = ['crash', 'freeze', 'fail once', 'fail for a while'] as const;
export type FaultKind = (typeof KINDS)[number];

/**
 * The kind of fault, and the passage at which it comes. Passages are counted from 1 over all workers. All passages
 * count; but if calls run side by side in real time, only those of one point count.
 */
export interface Fault {
  readonly kind: FaultKind;
  readonly at: number;
  readonly point?: string;
}

/** How faults act on the outside world. By default they stay within the process. */
export interface Surroundings {
  /** How long each call takes, in milliseconds; by default no time. */
  readonly takes?: Readonly<Record<string, number>> | undefined;
  /** Ends the process. */
  readonly kill?: () => void;
  /** Stops the process; returns when the process goes on. */
  readonly stop?: () => void;
}

/** Milliseconds that an end is away: longer than several tries, than the lease, and than a worker may run. */
export const OUTAGE = 100_000;

const CODES: Readonly<Record<ReturnType<typeof endOf>, ErrorCode>> = {
  store: 'STORE_ERROR',
  source: 'SOURCE_UNREACHABLE',
  sink: 'SINK_UNREACHABLE',
  loaders: 'INTERNAL',
};

/** Makes the gates of workers, brings one fault upon these workers, and records every point that they pass. */
export class Faults {
  /** The points passed, in order. */
  readonly passed: string[] = [];
  /** The point at which the fault came; undefined before that. */
  point: string | undefined;
  readonly #fault: Fault | undefined;
  readonly #clock: Clock;
  readonly #surroundings: Surroundings;
  readonly #frozen = Promise.withResolvers<undefined>();
  readonly #thawed = Promise.withResolvers<undefined>();
  #away: { readonly end: string; readonly until: number } | undefined;

  constructor(fault: Fault | undefined, clock: Clock, surroundings: Surroundings = {}) {
    this.#surroundings = surroundings;
    this.#fault = fault;
    this.#clock = clock;
  }

  /** Resolves when a worker is frozen. */
  get frozen(): Promise<undefined> {
    return this.#frozen.promise;
  }

  thaw(): void {
    this.#thawed.resolve(undefined);
  }

  /** The gate of one more process. */
  gate(): Gate {
    const struck: { by?: FaultKind } = {};
    return async (call, when) => {
      await Promise.resolve();
      const takes = when === 'before' ? (this.#surroundings.takes?.[call] ?? 0) : 0;
      if (takes > 0) await this.#clock.sleep(takes);
      // Nothing that a dead process still tries may get out.
      if (struck.by === 'crash') throw new Error('The process is dead.');
      if (struck.by === 'freeze') await this.#thawed.promise;
      if (this.#away?.end === endOf(call) && this.#clock.now() < this.#away.until) throw failure(call);
      this.passed.push(`${when} ${call}`);
      if (this.#fault === undefined || !this.#isDue(this.#fault)) return;
      this.point = `${when} ${call}`;
      struck.by = this.#fault.kind;
      await this.#strike(this.#fault.kind, call);
    };
  }

  #isDue({ at, point }: Fault): boolean {
    if (this.point !== undefined) return false;
    if (point === undefined) return this.passed.length === at;
    return this.passed.at(-1) === point && this.passed.filter((passed) => passed === point).length === at;
  }

  async #strike(kind: FaultKind, call: string): Promise<void> {
    switch (kind) {
      case 'crash':
        this.#surroundings.kill?.();
        throw new Error('The process is killed.');
      case 'freeze':
        if (this.#surroundings.stop !== undefined) {
          this.#thawed.resolve(undefined);
          this.#surroundings.stop();
          return;
        }
        this.#frozen.resolve(undefined);
        await this.#thawed.promise;
        return;
      case 'fail once':
        throw failure(call);
      case 'fail for a while':
        this.#away = { end: endOf(call), until: this.#clock.now() + OUTAGE };
        throw failure(call);
    }
  }
}

/** At `before` the call was not made. At `after` the call was made, but its answer is lost. */
const failure = (call: string): CdcError => new CdcError(CODES[endOf(call)], `${call}: the connection was lost.`);
