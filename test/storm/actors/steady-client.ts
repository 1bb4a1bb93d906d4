import { setTimeout as delay } from 'node:timers/promises';
import { SqlClient } from '../../support/sql-client.ts';

const AGAIN = 200;
/** MatrixOne 4.2.0 may leave a statement without an answer for good after it was killed and started again. */
const LONGEST = 60_000;
const LOST = new Set(['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ER_SERVER_SHUTDOWN']);

/** Whoever writes to the source goes on after the server has been restarted. */
export class SteadyClient {
  readonly #uri: string;
  readonly #greeting: readonly string[];
  readonly #longest: number;
  #client: SqlClient | undefined;

  constructor(uri: string, greeting: readonly string[], longest = LONGEST) {
    this.#longest = longest;
    this.#uri = uri;
    this.#greeting = greeting;
  }

  /** Waits for the server as long as `wanted`. */
  async #reach(wanted: () => boolean): Promise<SqlClient> {
    while (this.#client === undefined) {
      const client = new SqlClient(this.#uri);
      try {
        await client.run(...this.#greeting);
        this.#client = client;
      } catch (error) {
        client.close();
        if (!wanted()) throw error;
        await delay(AGAIN);
      }
    }
    return this.#client;
  }

  /** Does the work with a client; one that gets no answer is given up. */
  async use(wanted: () => boolean, work: (client: SqlClient) => Promise<void>): Promise<void> {
    const client = await this.#reach(wanted);
    const silence = new AbortController();
    const late = async (): Promise<void> => {
      await delay(this.#longest, undefined, { signal: silence.signal });
      throw Object.assign(new Error(`No answer within ${this.#longest} ms.`), { fatal: true });
    };
    try {
      await Promise.race([work(client), late()]);
    } catch (error) {
      this.#failed(error);
      throw error;
    } finally {
      silence.abort();
    }
  }

  /** An error of a connection: the next statement takes another one. Others are the statement's own. */
  #failed(error: unknown): void {
    const { code, fatal } = error as { readonly code?: string; readonly fatal?: boolean };
    const text = error instanceof Error ? error.message : '';
    if (fatal === true || LOST.has(code ?? '') || text.includes('closed state')) this.close();
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}
