import type { Connection } from 'mysql2';
import type { Row } from '../replication/change.ts';
import type { ToError } from './end-errors.ts';

const BATCH_ROWS = 500;
const BATCH_BYTES = 256 * 1024;

interface Batch {
  readonly columns: readonly string[];
  readonly rows: Row[];
}

/** The rows of one query in batches; the connection is paused while a batch waits to be taken. */
export class RowStream {
  readonly #connection: Connection;
  readonly #sql: string;
  readonly #toError: ToError;
  #columns: readonly string[] = [];
  #rows: Row[] = [];
  #bytes = 0;
  #ready: Row[] | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(connection: Connection, sql: string, toError: ToError) {
    this.#connection = connection;
    this.#sql = sql;
    this.#toError = toError;
  }

  async *batches(): AsyncGenerator<Batch, void, undefined> {
    this.#start();
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      const rows = this.#take();
      if (rows !== undefined) yield { columns: this.#columns, rows };
      else if (this.#ended) return;
      else await this.#more();
    }
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#signal();
  }

  #start(): void {
    const query = this.#connection.query({ sql: this.#sql });
    query.on('fields', (fields: readonly { name: string }[] | undefined) => {
      this.#columns = (fields ?? []).map((field) => field.name);
    });
    query.on('result', (row: unknown) => {
      if (Array.isArray(row)) this.#add(row as Row);
    });
    query.on('error', (error: unknown) => {
      this.fail(this.#toError(error));
    });
    query.on('end', () => {
      this.#ended = true;
      this.#signal();
    });
  }

  #add(row: Row): void {
    this.#rows.push(row);
    for (const value of row) this.#bytes += value?.length ?? 0;
    if (this.#rows.length < BATCH_ROWS && this.#bytes < BATCH_BYTES) return;
    this.#ready = this.#rows;
    this.#rows = [];
    this.#bytes = 0;
    this.#connection.pause();
    this.#signal();
  }

  #take(): Row[] | undefined {
    if (this.#ready !== undefined) {
      const rows = this.#ready;
      this.#ready = undefined;
      // Resuming first hands over rows already received, which may complete the next batch.
      this.#connection.resume();
      return rows;
    }
    if (!this.#ended || this.#rows.length === 0) return undefined;
    const rest = this.#rows;
    this.#rows = [];
    return rest;
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  #signal(): void {
    this.#wake?.();
  }
}
