import type { TaskOptions } from '../../task/task.ts';
import { isKeyless } from '../../data/change.ts';
import { byteLength, type Changes } from '../../data/row-block.ts';
import type { BatchMode, FencePoint, SinkWriter, SinkBatch } from '../endpoints/sink.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';

type Limits = Pick<TaskOptions, 'transactionRows' | 'transactionBytes'>;

/** Writes the changes of a window in as few sink transactions as the limits allow; each one advances the fence. */
export class WindowWriter {
  /** Number of changes added. */
  changes = 0;
  /** Number of transactions committed, without the last one. */
  batches: number;
  /** True once the window's last transaction is committed. */
  complete = false;

  readonly #sink: SinkWriter;
  readonly #limits: Limits;
  readonly #window: number;
  readonly #mode: BatchMode;
  readonly #split: boolean;
  readonly #beforeSplit: () => Promise<void>;
  #batch: SinkBatch;
  #last: SinkTable | undefined;
  #rows = 0;
  #bytes = 0;

  /**
   * `split`: the window may be split. `batches`: transactions of this window that are already committed. `beforeSplit`
   * is awaited before a transaction is committed that is not the window's last.
   */
  constructor(
    sink: SinkWriter,
    limits: Limits,
    window: number,
    mode: BatchMode,
    split: boolean,
    batches: number,
    beforeSplit: () => Promise<void>,
  ) {
    this.#sink = sink;
    this.#limits = limits;
    this.#window = window;
    this.#mode = mode;
    this.#split = split;
    this.#beforeSplit = beforeSplit;
    this.batches = batches;
    this.#batch = sink.beginBatch(mode);
  }

  /** False when the changes do not fit into one transaction and must not be split; then everything is rolled back. */
  async add(table: SinkTable, changes: Changes): Promise<boolean> {
    if (isKeyless(table.schema)) {
      const room = await this.#makeRoom(table);
      if (room) await this.#addPart(table, changes);
      return room;
    }
    for (let start = 0; start < changes.length;) {
      if (!(await this.#makeRoom(table))) return false;
      const part = changes.slice(start, start + this.#limits.transactionRows - this.#rows);
      await this.#addPart(table, part);
      start += part.length;
    }
    return true;
  }

  /** Commits the last transaction: the window is applied, and the sink holds everything up to the point. */
  async finish(point: FencePoint): Promise<void> {
    await this.#batch.commit({ window: this.#window, batch: 0, point });
    this.complete = true;
  }

  /** Commits what was added; another writer continues the window. */
  async pause(): Promise<void> {
    await this.#beforeSplit();
    this.batches += 1;
    await this.#batch.commit({ window: this.#window - 1, batch: this.batches, point: undefined });
  }

  async rollback(): Promise<void> {
    await this.#batch.rollback();
  }

  /** Keeps a table without a key in one transaction: its readers see all old rows or all new ones. */
  async #makeRoom(table: SinkTable): Promise<boolean> {
    const begun = isKeyless(table.schema) && this.#last === table;
    this.#last = table;
    if (!this.#isFull()) return true;
    if (!this.#split) {
      await this.#batch.rollback();
      return false;
    }
    if (!begun) await this.#next();
    return true;
  }

  async #addPart(table: SinkTable, changes: Changes): Promise<void> {
    await this.#batch.add(table, changes);
    this.changes += changes.length;
    this.#rows += changes.length;
    this.#bytes += byteLength(changes);
  }

  #isFull(): boolean {
    return this.#rows >= this.#limits.transactionRows || this.#bytes >= this.#limits.transactionBytes;
  }

  async #next(): Promise<void> {
    await this.pause();
    this.#batch = this.#sink.beginBatch(this.#mode);
    this.#rows = 0;
    this.#bytes = 0;
  }
}
