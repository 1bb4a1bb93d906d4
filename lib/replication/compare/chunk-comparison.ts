import type { Row } from '../../data/change.ts';
import type { Endpoints } from '../tables/endpoints.ts';
import { explainedAmong } from '../endpoints/explained-refusal.ts';
import { type Differences, FoundDifferences, NO_DIFFERENCES, plusDifferences } from './found-differences.ts';
import { isWhole, WHOLE } from '../../data/key-position.ts';
import type { Pin } from '../../data/position.ts';
import { type Changes, keptRows, type Rows } from '../../data/row-block.ts';
import { keyOnly, keyText, rowDigest } from '../../data/row-digest.ts';
import type { BatchMode, FenceStep } from '../endpoints/sink.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import { differingSets, type Found } from '../endpoints/differing-sets.ts';
import type { KeyRange, RowSet } from '../endpoints/source.ts';

/** The most rows of a set of buckets: their keys and digests are in memory. */
const COMPARED_ROWS = 20_000;
/** Rows that may be extra at the sink are looked up at the source in portions of this many. */
const EXTRA_ROWS = 1_000;

/**
 * How to treat differences. `count` changes nothing. `delete` deletes rows of the sink that are extra or differ.
 * `align` makes the sink equal.
 */
export type ComparisonMode = 'count' | 'delete' | 'align';

/**
 * Compares rows of a source table at a pin with the sink table. It compares checksums first. Where these differ,
 * it compares row by row, and remembers only keys and digests. If the source's set lacks a row of the sink, it looks
 * the row up at the source before it counts the row as extra.
 *
 * If the sink orders keys differently, its range holds other rows. Then it looks up each row of the source at the sink
 * by its key. With the last range, it looks up all rows of the sink at the source, to find the extra ones.
 */
export class ChunkComparison {
  readonly #signal: AbortSignal;
  readonly #ends: Endpoints;
  readonly #table: SinkTable;
  readonly #pin: Pin;
  readonly #key: (row: Row) => string;
  readonly #keyOnly: (row: Row) => Row;
  readonly #step: () => FenceStep;
  #form: (row: Row) => Row = (row) => row;

  /** `step` returns the fence's step for each further transaction. */
  constructor(signal: AbortSignal, ends: Endpoints, table: SinkTable, pin: Pin, step: () => FenceStep) {
    this.#signal = signal;
    this.#ends = ends;
    this.#table = table;
    this.#pin = pin;
    this.#key = keyText(table.schema);
    this.#keyOnly = keyOnly(table.schema);
    this.#step = step;
  }

  /**
   * Compares the rows of a range; a set of buckets, which are known to differ, row by row. `lastStep`: the fence's step for
   * the transaction that completes the range.
   */
  async run(set: RowSet, mode: ComparisonMode, lastStep?: (rows: number) => FenceStep): Promise<Differences> {
    const told = set.buckets === undefined ? await this.differing([set]) : undefined;
    const sets = told?.told === 'sums' ? told.sets : [set];
    let differences = { ...NO_DIFFERENCES, rows: told?.told === 'sums' ? told.equal : 0 };
    for (const part of sets) {
      const found = await this.#compare(part, mode);
      differences = plusDifferences(differences, found.counted());
      if (mode !== 'align') continue;
      const step = part === sets.at(-1) ? lastStep?.(differences.rows) : undefined;
      if (step !== undefined || found.digests.size > 0) await this.#insert(part, found.digests, step ?? this.#step());
    }
    if (lastStep !== undefined && (mode !== 'align' || sets.length === 0)) {
      await this.#insert(set, new Map(), lastStep(differences.rows));
    }
    return differences;
  }

  /** Finds by checksums where the rows of neighbouring ranges differ. */
  async differing(ranges: readonly KeyRange[]): Promise<Found> {
    const { source, sink } = this.#ends;
    const { schema } = this.#table;
    const hash = sink.rowHash;
    if (hash === undefined) return { told: 'none' };
    return differingSets(
      {
        hash,
        checksums: (range) =>
          Promise.all([source.checksum(schema, this.#pin, range, hash), sink.checksum(this.#table, range)]),
        bucketSums: (range, of) =>
          Promise.all([source.bucketSums(schema, this.#pin, range, of, hash), sink.bucketSums(this.#table, range, of)]),
      },
      ranges,
      COMPARED_ROWS,
    );
  }

  async #compare(range: RowSet, mode: ComparisonMode): Promise<FoundDifferences> {
    const { sink } = this.#ends;
    this.#form = (await sink.comparedForm(this.#table)) ?? ((row) => row);
    if (isWhole(range) || (await sink.keepsOrder(this.#table))) {
      const found = this.#found(await this.#digests(range));
      await this.#judgeAll(found, sink.readRange(this.#table, range), mode, 'look up');
      return found;
    }
    const keys: Row[] = [];
    const found = this.#found(await this.#digests(range, keys));
    await this.#judgeAll(found, this.#sinkRows(keys), mode, 'ignore');
    if (range.upper === undefined) await this.#findExtra(found, mode);
    return found;
  }

  /** `unknown`: what to do with a sink row that is not in the source's range. */
  async #judgeAll(
    found: FoundDifferences,
    sinkRows: AsyncIterable<Rows>,
    mode: ComparisonMode,
    unknown: 'look up' | 'ignore',
  ): Promise<void> {
    const asked: Row[] = [];
    const doomed: Row[] = [];
    for await (const rows of sinkRows) {
      this.#signal.throwIfAborted();
      for (const row of rows) {
        const form = this.#form(row);
        const verdict = found.judge(this.#key(form), () => rowDigest(form));
        if (verdict === 'unknown' && unknown === 'look up') asked.push(this.#keyOnly(row));
        else if (verdict === 'different' && mode === 'delete') doomed.push(this.#keyOnly(row));
      }
      if (asked.length + doomed.length >= EXTRA_ROWS) await this.#flush(found, mode, asked, doomed);
    }
    await this.#flush(found, mode, asked, doomed);
  }

  async #findExtra(found: FoundDifferences, mode: ComparisonMode): Promise<void> {
    const asked: Row[] = [];
    for await (const rows of this.#ends.sink.readRange(this.#table, WHOLE)) {
      this.#signal.throwIfAborted();
      for (const row of rows) asked.push(this.#keyOnly(row));
      if (asked.length >= EXTRA_ROWS) await this.#flush(found, mode, asked, []);
    }
    await this.#flush(found, mode, asked, []);
  }

  /**
   * Looks `asked` up at the source. Unless the mode is `count`, deletes the rows that the source lacks, and `doomed`.
   */
  async #flush(found: FoundDifferences, mode: ComparisonMode, asked: Row[], doomed: Row[]): Promise<void> {
    const extra = await this.#absent(asked.splice(0));
    found.addExtra(extra.map((row) => this.#key(this.#form(row))));
    if (mode !== 'count') await this.#write('delete', [...extra, ...doomed.splice(0)]);
  }

  /** The rows of the sink with these keys. */
  async *#sinkRows(keys: readonly Row[]): AsyncGenerator<Rows, void, undefined> {
    for (let start = 0; start < keys.length; start += EXTRA_ROWS) {
      yield* this.#ends.sink.readKeys(this.#table, keys.slice(start, start + EXTRA_ROWS));
    }
  }

  #found(digests: Map<string, string>): FoundDifferences {
    return new FoundDifferences(this.#table.schema, digests);
  }

  /** Also adds each row, with only its key values, to `keys`. */
  async #digests(range: RowSet, keys?: Row[]): Promise<Map<string, string>> {
    const digests = new Map<string, string>();
    for await (const rows of this.#sourceRows(range)) {
      for (const row of rows) {
        const form = this.#form(row);
        digests.set(this.#key(form), rowDigest(form));
        keys?.push(this.#keyOnly(row));
      }
    }
    return digests;
  }

  #sourceRows(range: RowSet): AsyncIterable<Rows> {
    return this.#ends.source.readRange(this.#table.schema, this.#pin, range);
  }

  async #absent(rows: readonly Row[]): Promise<Row[]> {
    if (rows.length === 0) return [];
    const present = new Set(await this.#ends.source.present(this.#table.schema, this.#pin, rows));
    return rows.filter((row) => !present.has(row));
  }

  async #insert(range: RowSet, digests: ReadonlyMap<string, string>, step: FenceStep): Promise<void> {
    const batch = this.#ends.sink.beginBatch('replace');
    try {
      if (digests.size > 0) {
        for await (const wanted of this.#rowsToInsert(range, digests)) await batch.add(this.#table, wanted);
      }
      await batch.commit(step);
    } catch (error) {
      await batch.rollback();
      throw await explainedAmong(this.#ends.sink, error, [this.#table], () => this.#rowsToInsert(range, digests));
    }
  }

  async *#rowsToInsert(range: RowSet, digests: ReadonlyMap<string, string>): AsyncGenerator<Changes> {
    for await (const read of this.#sourceRows(range)) {
      const wanted = keptRows(read, (row) => digests.has(this.#key(this.#form(row))));
      yield wanted.map((row) => ({ deleted: false, row }));
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
