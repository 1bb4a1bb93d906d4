import type { Row } from './change.ts';
import { MOST_EXAMPLES, type DifferingKey } from './check-progress.ts';
import type { Ends } from './ends.ts';
import type { Pin } from './position.ts';
import { keptRows, type Rows } from './row-block.ts';
import { keyOnly, keyText, printKey, rowDigest } from './row-digest.ts';
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
  /** The first few that differ. */
  readonly examples: readonly DifferingKey[];
}

/** What becomes of differences: `count` leaves them, `delete` takes rows from the sink, `align` writes all of them. */
export type ComparisonMode = 'count' | 'delete' | 'align';

/** What is remembered of a range while the sink's rows pass by. Keys and digests are texts. */
interface Found {
  /** Of the source's rows: what is missing at the sink, or differs there; those in step are taken out. */
  readonly digests: Map<string, string>;
  /** Keys whose row at the sink is the source's. */
  readonly same: Set<string>;
  readonly different: Set<string>;
  extra: number;
  readonly examples: DifferingKey[];
}

/**
 * Compares a key range of a source table at a pin with the sink table: by a checksum first, and where that differs row
 * by row, remembering keys and digests only. A row that the sink has and the range of the source has not is looked up
 * at the source before it counts as too many: the two servers may order keys differently, and then it belongs to
 * another range.
 */
export class ChunkComparison {
  readonly #signal: AbortSignal;
  readonly #ends: Ends;
  readonly #table: SinkTable;
  readonly #pin: Pin;
  readonly #key: (row: Row) => string;
  readonly #keyOnly: (row: Row) => Row;
  readonly #step: () => FenceStep;
  #form: (row: Row) => Row = (row) => row;

  /** `step` gives the fence's step of each further transaction. */
  constructor(signal: AbortSignal, ends: Ends, table: SinkTable, pin: Pin, step: () => FenceStep) {
    this.#signal = signal;
    this.#ends = ends;
    this.#table = table;
    this.#pin = pin;
    this.#key = keyText(table.schema);
    this.#keyOnly = keyOnly(table.schema);
    this.#step = step;
  }

  /** With `align`, `lastStep` is that of the transaction which brings the range into step. */
  async run(range: KeyRange, mode: ComparisonMode, lastStep?: (rows: number) => FenceStep): Promise<Differences> {
    const equal = await this.#rowsIfEqual(range);
    const found = equal === undefined ? await this.#compare(range, mode) : nothingFound(new Map());
    const { digests, same, different, extra } = found;
    const rows = equal ?? digests.size + same.size;
    if (mode === 'align') {
      const step = lastStep?.(rows);
      if (step !== undefined || digests.size > 0) await this.#insert(range, digests, step ?? this.#step());
    }
    const missing = [...digests.keys()].filter((key) => !different.has(key));
    for (const key of missing.slice(0, MOST_EXAMPLES)) this.#note(found, 'missing', key);
    return { rows, missing: missing.length, extra, different: different.size, examples: found.examples };
  }

  /** How many rows there are, if both ends have the same. */
  async #rowsIfEqual(range: KeyRange): Promise<number | undefined> {
    const { source, sink } = this.#ends;
    if (!sink.hasChecksums) return undefined;
    const [there, here] = await Promise.all([
      source.checksum(this.#table.schema, this.#pin, range),
      sink.checksum(this.#table, range),
    ]);
    return there !== undefined && there.rows === here?.rows && there.digest === here.digest ? there.rows : undefined;
  }

  async #compare(range: KeyRange, mode: ComparisonMode): Promise<Found> {
    this.#form = (await this.#ends.sink.comparedForm(this.#table)) ?? ((row) => row);
    const found = nothingFound(await this.#digests(range));
    const unknown: Row[] = [];
    const doomed: Row[] = [];
    const flush = async (): Promise<void> => {
      const extra = await this.#absent(unknown.splice(0));
      found.extra += extra.length;
      for (const row of extra.slice(0, MOST_EXAMPLES)) this.#note(found, 'extra', this.#key(this.#form(row)));
      if (mode !== 'count') await this.#write('delete', [...extra, ...doomed.splice(0)]);
    };
    for await (const rows of this.#ends.sink.readRange(this.#table, range)) {
      this.#signal.throwIfAborted();
      for (const row of rows) {
        const verdict = this.#judge(found, row);
        if (verdict === 'unknown') unknown.push(this.#keyOnly(row));
        else if (verdict === 'different' && mode === 'delete') doomed.push(this.#keyOnly(row));
      }
      if (unknown.length + doomed.length >= EXTRA_ROWS) await flush();
    }
    await flush();
    return found;
  }

  #judge(found: Found, row: Row): 'same' | 'different' | 'unknown' {
    const form = this.#form(row);
    const key = this.#key(form);
    const digest = found.digests.get(key);
    // A key that the sink has twice, which LOAD DATA lets happen on MatrixOne, has to be written anew.
    const again = found.same.has(key);
    if (digest === undefined && !again) return 'unknown';
    if (!again && !found.different.has(key) && digest === rowDigest(form)) {
      found.digests.delete(key);
      found.same.add(key);
      return 'same';
    }
    if (!found.different.has(key)) this.#note(found, 'different', key);
    found.same.delete(key);
    found.digests.set(key, digest ?? '');
    found.different.add(key);
    return 'different';
  }

  #note({ examples }: Found, kind: DifferingKey['kind'], key: string): void {
    if (examples.length < MOST_EXAMPLES) examples.push({ kind, key: printKey(this.#table.schema, key) });
  }

  async #digests(range: KeyRange): Promise<Map<string, string>> {
    const digests = new Map<string, string>();
    for await (const rows of this.#sourceRows(range)) {
      for (const row of rows) {
        const form = this.#form(row);
        digests.set(this.#key(form), rowDigest(form));
      }
    }
    return digests;
  }

  #sourceRows(range: KeyRange): AsyncIterable<Rows> {
    return this.#ends.source.readRange(this.#table.schema, this.#pin, range);
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
          const wanted = keptRows(read, (row) => digests.has(this.#key(this.#form(row))));
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

const nothingFound = (digests: Map<string, string>): Found => ({
  digests,
  same: new Set(),
  different: new Set(),
  extra: 0,
  examples: [],
});
