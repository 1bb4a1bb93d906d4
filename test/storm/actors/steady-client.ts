import { setTimeout as delay } from 'node:timers/promises';
import { SqlClient } from '../../support/sql-client.ts';

const AGAIN = 200;
const LOST = new Set(['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ER_SERVER_SHUTDOWN']);

/** Whoever writes to the source goes on after the server has been restarted. */
export class SteadyClient {
  readonly #uri: string;
  readonly #greeting: readonly string[];
  #client: SqlClient | undefined;

  constructor(uri: string, greeting: readonly string[]) {
    this.#uri = uri;
    this.#greeting = greeting;
  }

  /** Waits for the server as long as `wanted`. */
  async client(wanted: () => boolean): Promise<SqlClient> {
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

  /** An error of a connection: the next statement takes another one. Others are the statement's own. */
  failed(error: unknown): void {
    const { code, fatal } = error as { readonly code?: string; readonly fatal?: boolean };
    const text = error instanceof Error ? error.message : '';
    if (fatal === true || LOST.has(code ?? '') || text.includes('closed state')) this.close();
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}
