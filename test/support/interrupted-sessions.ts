import { vi } from 'vitest';
import { mysqlDialect } from '../../lib/mysql/mysql-dialect.ts';
import { Connection } from '../../lib/wire/connection.ts';
import { setStatement } from '../../lib/wire/session-settings.ts';

type Method<K extends 'query' | 'load'> = (
  this: Connection,
  ...args: Parameters<Connection[K]>
) => ReturnType<Connection[K]>;
const methodOf = <K extends 'query' | 'load'>(name: K): Method<K> =>
  Reflect.get(Connection.prototype, name) as unknown as Method<K>;

/** The statement that begins a session. */
const BEGINNING = setStatement(mysqlDialect.settings.filter(({ whereKnown }) => whereKnown !== true));

/** Runs an interruption right before a statement that a worker sends to a MySQL sink, in any session. */
export class InterruptedSessions {
  /** The number of statements sent since `count` was called. */
  sent = 0;
  #isMoment: (sql: string, number: number) => boolean = () => false;
  #interruption: () => Promise<void> = () => Promise.resolve();
  readonly #sessions = new WeakSet<Connection>();
  readonly #restore: () => void;

  constructor() {
    const [query, load] = [methodOf('query'), methodOf('load')];
    const before = (session: Connection, sql: string): Promise<void> => this.#meet(session, sql);
    const queried = vi.spyOn(Connection.prototype, 'query').mockImplementation(async function (this: Connection, sql) {
      await before(this, sql);
      return await query.call(this, sql);
    });
    const loaded = vi.spyOn(Connection.prototype, 'load').mockImplementation(async function (
      this: Connection,
      sql,
      pieces,
    ) {
      await before(this, sql);
      return await load.call(this, sql, pieces);
    });
    this.#restore = () => {
      queried.mockRestore();
      loaded.mockRestore();
    };
  }

  /** Counts from 1 again. The first statement for which `isMoment` is true waits for the interruption. */
  count(isMoment?: (sql: string, number: number) => boolean, interruption?: () => Promise<void>): void {
    this.sent = 0;
    this.#isMoment = isMoment ?? (() => false);
    this.#interruption = interruption ?? (() => Promise.resolve());
  }

  restore(): void {
    this.#restore();
  }

  async #meet(session: Connection, sql: string): Promise<void> {
    if (sql === BEGINNING) this.#sessions.add(session);
    if (!this.#sessions.has(session)) return;
    this.sent += 1;
    if (!this.#isMoment(sql, this.sent)) return;
    this.#isMoment = () => false;
    await this.#interruption();
  }
}
