import { CdcError } from '../errors.ts';
import { driverError } from './failure.ts';
import { connectWithPassword, type PasswordSource } from './kept-password.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import type { SessionSettings, Variables } from './session-settings.ts';
import { NO_TLS } from './tls.ts';

interface Idle {
  readonly connection: Connection;
  readonly since: number;
}

/** Gives up a server that is silent for this long while a connection is opened. */
const OPENING_MS = 20_000;
const MAX_IDLE = 4;
/** Shorter than wait_timeout and than the limits of load balancers: a connection idle for longer may be gone. */
const MAX_IDLE_MS = 30_000;

export interface PoolOptions extends ConnectionOptions {
  /** The settings that every new session gets before its first use. */
  readonly settings: SessionSettings;
  /** Called with every new connection before its first use. */
  readonly greet?: (connection: Connection, variables: Variables) => void;
  /** Reads the password, if the address refers to one. */
  readonly passwords?: PasswordSource | undefined;
}

/** Connections to one end of a task. When the signal is aborted, all of them are destroyed at once. */
export class ConnectionPool {
  #options: PoolOptions;
  readonly #signal: AbortSignal;
  readonly #all = new Set<Connection>();
  #idle: Idle[] = [];
  #listening = false;
  #closed = false;

  constructor(options: PoolOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** Lends a connection to `work`. Discards it after an error: its transaction or stream may be unfinished. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.acquire();
    try {
      const result = await work(connection);
      this.release(connection);
      return result;
    } catch (error) {
      this.discard(connection);
      throw this.#signal.aborted ? this.#signal.reason : error;
    }
  }

  async acquire(): Promise<Connection> {
    this.#guard();
    const idle = this.#takeIdle();
    if (idle !== undefined) return idle;
    try {
      return await this.#connect();
    } catch (error) {
      if (!this.#mayBePlain(error)) throw this.#signal.aborted ? this.#signal.reason : error;
      // This holds for the pool's life, which is a worker's. If the server gets a certificate, the next worker
      // encrypts.
      const { address } = this.#options;
      this.#options = { ...this.#options, address: { ...address, tls: { ...address.tls, use: 'never' } } };
      return await this.acquire();
    }
  }

  release(connection: Connection): void {
    if (this.#closed || !connection.alive || this.#idle.length >= MAX_IDLE) this.discard(connection);
    else this.#idle.push({ connection, since: Date.now() });
  }

  discard(connection: Connection): void {
    this.#all.delete(connection);
    connection.destroy();
  }

  /** Runs `work` with every idle connection at the same time. Discards a connection whose work fails. */
  async useIdle(work: (connection: Connection) => Promise<void>): Promise<void> {
    const idle = this.#idle;
    this.#idle = [];
    await Promise.all(
      idle.map(({ connection }) =>
        work(connection).then(
          () => {
            this.release(connection);
          },
          () => {
            this.discard(connection);
          },
        ),
      ),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#signal.removeEventListener('abort', this.#abort);
    const idle = new Set(this.#idle.map(({ connection }) => connection));
    this.#idle = [];
    const busy = [...this.#all].filter((connection) => !idle.has(connection));
    for (const connection of busy) this.discard(connection);
    await Promise.all([...idle].map((connection) => connection.end()));
    this.#all.clear();
  }

  #connect(): Promise<Connection> {
    const { address } = this.#options;
    return connectWithPassword(address, this.#options.passwords, (password) => {
      // Reading the password may have taken a while.
      this.#guard();
      return this.#open({ ...this.#options, address: { ...address, password } });
    });
  }

  async #open(options: PoolOptions): Promise<Connection> {
    const connection = Connection.connect(options);
    this.#all.add(connection);
    const late = setTimeout(() => {
      this.discard(connection);
    }, OPENING_MS);
    try {
      const variables = await this.#options.settings.apply(connection);
      this.#options.greet?.(connection, variables);
      return connection;
    } catch (error) {
      this.discard(connection);
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  /** Connects in plain only if the server offers no TLS at all. If it offers TLS, any failure is an error. */
  #mayBePlain(error: unknown): boolean {
    if (this.#signal.aborted || this.#options.address.tls.use !== 'offered') return false;
    const cause = error instanceof CdcError ? error.cause : error;
    return driverError(cause).code === NO_TLS;
  }

  #takeIdle(): Connection | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.connection.alive && Date.now() - idle.since < MAX_IDLE_MS) return idle.connection;
      this.discard(idle.connection);
    }
    return undefined;
  }

  #guard(): void {
    this.#signal.throwIfAborted();
    if (this.#closed) throw new CdcError('INTERNAL', 'The connection was used after it had been closed.');
    if (this.#listening) return;
    this.#listening = true;
    this.#signal.addEventListener('abort', this.#abort, { once: true });
  }

  readonly #abort = (): void => {
    this.#idle = [];
    for (const connection of this.#all) connection.destroy(this.#signal.reason);
    this.#all.clear();
  };
}
