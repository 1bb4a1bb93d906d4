import type { SourceChanges } from '../endpoints/source.ts';
import type { Session } from '../session/session.ts';
import { tableKey, type TableName, type TableKey } from '../../task/task.ts';
import { invocationShares, SHORTEST_ASK_MS } from './invocation.ts';
import { WindowTooLarge } from './window-too-large.ts';

/**
 * Asks the source about the changes of one window, and gives up when the answers take too long together. For hundreds of
 * millions of changes the source computes longer than an invocation lasts, and the next invocation would ask again.
 */
export class BoundedQuestions {
  readonly #session: Session;
  readonly #source: Pick<SourceChanges, 'stopChanges'>;
  readonly #askMs: number | undefined;
  /** When the time for all questions is up; milliseconds since 1970. */
  #until: number | undefined;
  /** Tables of the questions that are open, by `db.table`. */
  readonly #open = new Map<TableKey, TableName>();
  #stopping: Promise<void> | undefined;

  constructor(session: Session, source: Pick<SourceChanges, 'stopChanges'>) {
    this.#session = session;
    this.#source = source;
    this.#askMs = invocationShares(session)?.askMs;
  }

  /** WindowTooLarge, with all tables that wait for an answer, when the time is up. */
  async ask<T>(tables: readonly TableName[], question: () => Promise<T>): Promise<T> {
    if (this.#askMs === undefined || tables.length === 0) return await question();
    for (const table of tables) this.#open.set(tableKey(table), table);
    const now = this.#session.deps.clock.now();
    this.#until ??= now + this.#askMs;
    const answer = question();
    if (await this.#isLate(answer, Math.max(this.#until, now + SHORTEST_ASK_MS))) await this.#giveUp();
    try {
      return await answer;
    } catch (error) {
      // The answer to another question was late, and with it this one was stopped.
      if (this.#stopping !== undefined) await this.#giveUp();
      throw error;
    } finally {
      for (const table of tables) this.#open.delete(tableKey(table));
    }
  }

  async #giveUp(): Promise<never> {
    const tooLarge = new WindowTooLarge([...this.#open.values()]);
    this.#stopping ??= this.#source.stopChanges();
    await this.#stopping.catch(() => undefined);
    this.#session.signal.throwIfAborted();
    throw tooLarge;
  }

  async #isLate(answer: Promise<unknown>, until: number): Promise<boolean> {
    const answered = new AbortController();
    const settled = (): false => {
      answered.abort();
      return false;
    };
    return await Promise.race([answer.then(settled, settled), this.#isTimeUp(until, answered.signal)]);
  }

  async #isTimeUp(until: number, answered: AbortSignal): Promise<boolean> {
    const { clock } = this.#session.deps;
    try {
      for (let left = until - clock.now(); left > 0; left = until - clock.now()) {
        await clock.sleep(left, answered);
        if (answered.aborted) return false;
      }
      return true;
    } catch {
      return false;
    }
  }
}
