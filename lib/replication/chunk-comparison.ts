import type { Row } from './change.ts';
import type { Ends } from './ends.ts';
import type { Pin } from './position.ts';
import { keyText, rowDigest } from './row-digest.ts';
import type { BatchMode, FenceStep, SinkTable } from './sink.ts';
import type { KeyRange } from './source.ts';

/** Rows of the sink that may be too many are looked up at the source in portions of this size. */
const EXTRA_ROWS = 1_000;

export interface Differences {
  /** Rows of the source in the range. */
  readonly rows: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
}

/** What becomes of differences: `count` leaves them, `delete` takes rows from the sink, `align` writes all of them. */
export type ComparisonMode = 'count' | 'delete' | 'align';

/**
 * Compares a key range of a source table at a pin with the sink table, remembering keys and digests only. A row that
 * the sink has and the range of the source has not is looked up at the source before it counts as too many: the two
 * servers may order keys differently, and then it belongs to another range.
 */
export class ChunkComparison {
  readonly #signal: AbortSignal;
  readonly #ends: Ends;
  readonly #table: SinkTable;
  readonly #pin: Pin;
  readonly #key: (row: Row) => string;
  readonly #step: () => FenceStep;

  /** `step` gives the fence's step of each further transaction. */
  constructor(signal: AbortSignal, ends: Ends, table: SinkTable, pin: Pin, step: () => FenceStep) {
    this.#signal = signal;
    this.#ends = ends;
    this.#table = table;
    this.#pin = pin;
    this.#key = keyText(table.schema);
    this.#step = step;
  }

  /** With `align`, `lastStep` is that of the transaction which brings the range into step. */
  async run(range: KeyRange, mode: ComparisonMode, lastStep?: (rows: number) => FenceStep): Promise<Differences> {
    const digests = await this.#digests(range);
    const rows = digests.size;
    const found = { different: 0, extra: 0 };
    await this.#compare(range, digests, mode, found);
    const missing = digests.size - found.different;
    if (mode === 'align') {
      const step = lastStep?.(rows);
      if (step !== undefined || digests.size > 0) await this.#insert(range, digests, step ?? this.#step());
    }
    return { rows, missing, ...found };
  }

  async #digests(range: KeyRange): Promise<Map<string, string>> {
    const digests = new Map<string, string>();
    for await (const rows of this.#sourceRows(range)) {
      for (const row of rows) digests.set(this.#key(row), rowDigest(row));
    }
    return digests;
  }

  #sourceRows(range: KeyRange): AsyncIterable<Row[]> {
    return this.#ends.source.readRange(this.#table.schema, this.#pin, range);
  }

  /** Takes out of `digests` what the sink has already: what stays is missing at the sink, or different there. */
  async #compare(
    range: KeyRange,
    digests: Map<string, string>,
    mode: ComparisonMode,
    found: { different: number; extra: number },
  ): Promise<void> {
    const unknown: Row[] = [];
    const doomed: Row[] = [];
    const flush = async (): Promise<void> => {
      const extra = await this.#absent(unknown.splice(0));
      found.extra += extra.length;
      if (mode !== 'count') await this.#write('delete', [...extra, ...doomed.splice(0)]);
    };
    for await (const rows of this.#ends.sink.readRange(this.#table, range)) {
      this.#signal.throwIfAborted();
      for (const row of rows) {
        const digest = digests.get(this.#key(row));
        if (digest === undefined) unknown.push(row);
        else if (digest === rowDigest(row)) digests.delete(this.#key(row));
        else {
          found.different += 1;
          if (mode === 'delete') doomed.push(row);
        }
      }
      if (unknown.length + doomed.length >= EXTRA_ROWS) await flush();
    }
    await flush();
  }

  async #absent(rows: readonly Row[]): Promise<Row[]> {
    if (rows.length === 0) return [];
    const present = new Set(await this.#ends.source.present(this.#table.schema, this.#pin, rows));
    return rows.filter((row) => !present.has(row));
  }

  async #insert(range: KeyRange, digests: ReadonlyMap<string, string>, step: FenceStep): Promise<void> {
    const batch = this.#ends.sink.beginBatch('replace');
    try {
      if (digests.size > 0) {
        for await (const read of this.#sourceRows(range)) {
          const wanted = read.filter((row) => digests.has(this.#key(row)));
          await batch.add(
            this.#table,
            wanted.map((row) => ({ deleted: false, row })),
          );
        }
      }
      await batch.commit(step);
    } catch (error) {
      await batch.rollback();
      throw error;
    }
  }

  async #write(mode: BatchMode, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const batch = this.#ends.sink.beginBatch(mode);
    try {
      await batch.add(
        this.#table,
        rows.map((row) => ({ deleted: true, row })),
      );
      await batch.commit(this.#step());
    } catch (error) {
      await batch.rollback();
      throw error;
    }
  }
}
