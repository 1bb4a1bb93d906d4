import type { Readable } from 'node:stream';
import type { Connection } from 'mysql2';
import { CdcError } from '../errors.ts';
import type { RowBlock } from '../data/row-block.ts';
import type { ToError } from './end-errors.ts';
import { RowPacker } from './row-packer.ts';
import { takeRows, type RowPacket } from './driver/row-parser.ts';

interface Batch {
  readonly columns: readonly string[];
  readonly rows: RowBlock;
}

/** The rows of one query in packed batches. The connection is paused while batches wait. */
export class RowStream {
  readonly #connection: Connection;
  readonly #sql: string;
  readonly #toError: ToError;
  #columns: readonly string[] = [];
  #packer = new RowPacker(0);
  #ready: RowBlock[] = [];
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
      const rows = this.#ready.shift();
      // The next rows may arrive while these are processed.
      if (this.#ready.length === 0) this.#socket.resume();
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
    takeRows(query, (packet) => {
      this.#add(packet);
    });
    query.on('fields', (fields: readonly { name: string }[] | undefined) => {
      this.#columns = (fields ?? []).map((field) => field.name);
      this.#packer = new RowPacker(this.#columns.length);
    });
    query.on('result', (row: unknown) => {
      if (Array.isArray(row)) this.fail(new CdcError('INTERNAL', 'This version of the driver parses rows by itself.'));
    });
    query.on('error', (error: unknown) => {
      this.fail(this.#toError(error));
    });
    query.on('end', () => {
      this.#ended = true;
      this.#socket.resume();
      this.#push(this.#packer.take());
      this.#signal();
    });
  }

  #add({ buffer, offset, end }: RowPacket): void {
    const full = this.#packer.add(buffer, offset, end);
    if (full === undefined) return;
    this.#push(full);
    // The driver's own pause() would copy every row received so far.
    this.#socket.pause();
    this.#signal();
  }

  #push(block: RowBlock | undefined): void {
    if (block !== undefined) this.#ready.push(block);
  }

  get #socket(): Readable {
    return (this.#connection as unknown as { readonly stream: Readable }).stream;
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
