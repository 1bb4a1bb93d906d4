import type { ErrorCode } from '../../../lib/error-codes.ts';
import { CdcError } from '../../../lib/errors.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Gate } from '../gate.ts';
import { endOf } from './points.ts';

export const KINDS = ['crash', 'freeze', 'fail once', 'fail for a while'] as const;
export type FaultKind = (typeof KINDS)[number];

/**
 * What goes wrong, and at which passage of a gate, counted from 1 over all workers: of all passages or, where calls are
 * under way side by side in real time, of those of one point.
 */
export interface Fault {
  readonly kind: FaultKind;
  readonly at: number;
  readonly point?: string;
}

/** What the faults do that is more than an error; by default within a process. */
export interface Surroundings {
  /** How long calls take, in milliseconds; none, if not said. */
  readonly takes?: Readonly<Record<string, number>> | undefined;
  /** Ends the process. */
  readonly kill?: () => void;
  /** Returns once the process goes on. */
  readonly stop?: () => void;
}

/** An end is away for so long: longer than several tries, than the lease, and than the time a worker has. Milliseconds. */
export const OUTAGE = 100_000;

const CODES: Readonly<Record<ReturnType<typeof endOf>, ErrorCode>> = {
  store: 'STORE_ERROR',
  source: 'SOURCE_UNREACHABLE',
  sink: 'SINK_UNREACHABLE',
  loaders: 'INTERNAL',
};

/** Brings one fault upon the workers whose gates it makes, and notes every point that they pass. */
export class Faults {
  /** The points passed, in order. */
  readonly passed: string[] = [];
  /** Where the fault came, once it has. */
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

  /** Resolves when a worker has come to a stop. */
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
      // The dead pass nothing any more: what their code still tries does not get out.
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

/** Before a call it was not done; after it, it was, and the answer got lost. */
const failure = (call: string): CdcError => new CdcError(CODES[endOf(call)], `${call}: the connection was lost.`);
