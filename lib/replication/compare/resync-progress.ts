import type { ComparisonProgress } from '../../data/position.ts';
import type { Chunk } from '../endpoints/chunk-plans.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { SourceCatalog } from '../endpoints/source.ts';
import type { Session } from '../session/session.ts';
import type { Pin } from '../../data/position.ts';
import { tableKey, type TableKey } from '../../task/task.ts';

/** Stores the progress this often. The write renews the lease, so that it costs no further one. Milliseconds. */
const STORE_MS = 10_000;

/**
 * How far the resyncs of a window have come, for `show` and for the state `stalled`. What is compared is decided by the
 * plans at the sink alone.
 */
export class ResyncProgress {
  readonly #session: Session;
  readonly #source: SourceCatalog;
  readonly #tables: readonly SinkTable[];
  readonly #pin: Pin;
  readonly #since: number;
  /** Rows to compare in all tables; undefined until they are counted, null if that failed. */
  #total: number | null | undefined;
  #tablesDone = -1;
  #name: TableKey | undefined;
  #chunks = 0;
  #chunksDone = 0;
  #rows = 0;
  /** Rows that earlier workers have compared. */
  #before = 0;

  constructor(session: Session, source: SourceCatalog, tables: readonly SinkTable[], pin: Pin) {
    this.#session = session;
    this.#source = source;
    this.#tables = tables;
    this.#pin = pin;
    this.#since = session.deps.clock.now();
  }

  begins({ schema }: SinkTable, chunks: readonly Chunk[]): void {
    const done = chunks.filter((chunk) => chunk.done);
    this.#tablesDone += 1;
    this.#name = tableKey(schema.table);
    this.#chunks = chunks.length;
    this.#chunksDone = done.length;
    for (const { rows } of done) this.#before += rows;
  }

  /** A chunk with so many rows is done. */
  async done(rows: number): Promise<void> {
    this.#chunksDone += 1;
    this.#rows += rows;
    if (this.#session.deps.clock.now() - this.#session.storedAt >= STORE_MS) await this.#store();
  }

  async #store(): Promise<void> {
    const { pending } = this.#session.progress;
    if (pending === undefined || this.#name === undefined) return;
    if (this.#total === undefined) this.#total = await this.#count();
    const comparison: ComparisonProgress = {
      table: this.#name,
      tables: this.#tables.length,
      tablesDone: this.#tablesDone,
      chunks: this.#chunks,
      chunksDone: this.#chunksDone,
      rows: this.#before + this.#rows,
      ...(this.#total === null ? {} : { total: this.#total }),
      run: { since: this.#since, rows: this.#before },
    };
    await this.#session.advance({ pending: { ...pending, comparison } });
  }

  /** Null when the tables cannot be counted: an estimate is worth no error. */
  async #count(): Promise<number | null> {
    try {
      let rows = 0;
      for (const { schema } of this.#tables) {
        rows += (schema.hasUniqueKeys ? 2 : 1) * (await this.#source.countRows(schema.table, this.#pin));
      }
      return rows;
    } catch {
      this.#session.signal.throwIfAborted();
      return null;
    }
  }
}
