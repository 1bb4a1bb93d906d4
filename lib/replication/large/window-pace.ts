import { isKeyless } from '../../data/change.ts';
import type { Window } from '../../data/position.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { SourceChanges } from '../endpoints/source.ts';
import type { Session } from '../session/session.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';
import type { TableName } from '../../task/task.ts';
import { BoundedQuestions } from './bounded-questions.ts';
import { invocationShares, type InvocationShares } from './invocation.ts';
import { WindowTooLarge } from './window-too-large.ts';

/** Tables with few changes may take this share of the time that fits, all together. */
const OTHERS_SHARE = 1 / 4;

/** A window that begins within this share of an invocation gets no more time in the next one. */
const EARLY_SHARE = 1 / 2;

/** Tables of a window, and whether a worker has begun it before. */
export interface PacedWindow {
  readonly window: Window;
  readonly tables: readonly SinkTable[];
  /** True when an earlier attempt has begun the window, and so did not get to its end. */
  readonly begun: boolean;
}

/**
 * Watches how long it takes to apply a window as a whole. Once that has taken a while, it counts the changes and
 * compares the rest, at the pace so far, with the time that is left. If the window does not fit, what was written stays:
 * a comparison does not care what the sink holds.
 */
export class WindowPace {
  readonly #session: Session;
  readonly #source: SourceChanges;
  readonly #paced: PacedWindow;
  readonly #shares: InvocationShares | undefined;
  readonly #startedAt: number;
  /** Tables that can be compared chunk by chunk. */
  readonly #keyed: readonly TableName[];
  #counted: ReadonlyMap<TableName, number> | undefined;
  #moved = 0;
  #movedBefore = 0;
  #passes = 1;

  constructor(session: Session, source: SourceChanges, paced: PacedWindow) {
    this.#session = session;
    this.#source = source;
    this.#paced = paced;
    this.#startedAt = session.deps.clock.now();
    this.#keyed = paced.tables.filter(({ schema }) => !isKeyless(schema)).map(({ schema }) => schema.table);
    this.#shares = this.#keyed.length === 0 ? undefined : invocationShares(session);
  }

  /** Call it when a pass over the changes begins. `passes`: how many there are from now on. */
  begins(passes: number): void {
    this.#passes = passes;
    this.#movedBefore = this.#moved;
  }

  /** Call it after each batch. WindowTooLarge when the window will not be applied in time. */
  async wrote(changes: number): Promise<void> {
    this.#moved += changes;
    if (this.#shares === undefined) return;
    const elapsed = this.#session.deps.clock.now() - this.#startedAt;
    if (elapsed < this.#shares.tryMs) return;
    this.#counted ??= await this.#count();
    if (this.#isHopeless(this.#shares)) throw new WindowTooLarge(this.#tooLarge(this.#shares));
  }

  /** The source may be unable to count, and then says 1. So an attempt that fails twice must not depend on the count. */
  #isHopeless({ fittingMs }: InvocationShares): boolean {
    const now = this.#session.deps.clock.now();
    const elapsed = now - this.#startedAt;
    const inPass = this.#moved - this.#movedBefore;
    const left = this.#timeFor(Math.max(0, this.#passes * sum(this.#counted) - inPass));
    const isLate = now + left > this.#session.deadline;
    if (this.#paced.begun && this.#isEarly) return isLate || elapsed > fittingMs;
    return isLate && elapsed + left > fittingMs;
  }

  /** Had the invocation most of its time left when this window began? If not, the next one has more. */
  get #isEarly(): boolean {
    const { begunAt, deadline } = this.#session;
    return this.#startedAt - begunAt < EARLY_SHARE * (deadline - begunAt);
  }

  /** The tables with the most changes, so that the others fit. All tables if the counts do not tell. */
  #tooLarge({ fittingMs }: InvocationShares): readonly TableName[] {
    const counted = [...(this.#counted ?? [])].sort(([, a], [, b]) => a - b);
    let together = 0;
    const large = counted.filter(([, changes]) => {
      together += changes;
      return this.#timeFor(this.#passes * together) > OTHERS_SHARE * fittingMs;
    });
    return large.length === 0 ? this.#keyed : large.map(([table]) => table);
  }

  /** At the pace so far. */
  #timeFor(changes: number): number {
    const elapsed = this.#session.deps.clock.now() - this.#startedAt;
    return this.#moved === 0 ? 0 : (changes * elapsed) / this.#moved;
  }

  async #count(): Promise<ReadonlyMap<TableName, number>> {
    const questions = new BoundedQuestions(this.#session, this.#source);
    const counted = new Map<TableName, number>();
    for (const table of this.#keyed) {
      const question = (): Promise<number> => this.#source.countChanges(table, this.#paced.window);
      counted.set(table, await questions.ask([table], () => attributeErrorsTo(table, question)));
    }
    return counted;
  }
}

const sum = (counted: ReadonlyMap<TableName, number> | undefined): number =>
  [...(counted?.values() ?? [])].reduce((total, changes) => total + changes, 0);
