import type { Row } from './change.ts';
import type { Ends } from './ends.ts';
import type { Pin } from './position.ts';
import { keyText, rowDigest } from './row-digest.ts';
import type { Session } from './session.ts';
import type { BatchMode, Chunk, FenceStep, SinkTable } from './sink.ts';

/** Rows of the sink that may be too many are looked up at the source and deleted in portions of this size. */
const EXTRA_ROWS = 1_000;

/** Counts the transactions of a window, so that the fence says that the sink is between two checkpoints. */
export interface WindowSteps {
  /** The step of the next transaction. */
  next(chunk?: FenceStep['chunk']): FenceStep;
}

/**
 * Makes a sink table equal to its source table at a pin, whatever it holds: chunk by chunk, writing only rows that
 * differ, and never emptying it for its readers. A later worker goes on with the chunks that are not done.
 *
 * Each chunk reads the source's range, then the sink's, remembering keys and digests only. A row that the sink has and
 * the range of the source has not is looked up at the source before it is deleted: the two servers may order keys
 * differently, and then it belongs to another range.
 */
export async function resyncTable(
  session: Session,
  ends: Ends,
  table: SinkTable,
  pin: Pin,
  steps: WindowSteps,
): Promise<number> {
  await ends.sink.alterTable(table);
  const chunks = await planned(session, ends, table, pin);
  const todo = chunks.filter((chunk) => !chunk.done);
  const resync = new Resync(session, ends, table, pin, steps);
  if (table.schema.hasUniqueKeys) {
    // All that must go goes first: a unique value may have wandered to a row of an earlier chunk.
    for (const chunk of todo) await resync.removeDiffering(chunk);
  }
  for (const chunk of todo) await resync.align(chunk);
  return resync.written;
}

/** Stored at the sink like the plan of a load, but rows that are there stay. */
async function planned(session: Session, { source, sink }: Ends, table: SinkTable, pin: Pin): Promise<Chunk[]> {
  const { generation, spec } = session.record;
  const known = await sink.chunks(table, generation);
  if (known !== undefined) return known;
  const ranges = await source.planRanges(table.schema, pin, spec.options.chunkRows);
  await sink.planLoad(table, generation, ranges, 'keep');
  return (await sink.chunks(table, generation)) ?? [];
}

class Resync {
  written = 0;
  readonly #session: Session;
  readonly #ends: Ends;
  readonly #table: SinkTable;
  readonly #pin: Pin;
  readonly #steps: WindowSteps;
  readonly #key: (row: Row) => string;

  constructor(session: Session, ends: Ends, table: SinkTable, pin: Pin, steps: WindowSteps) {
    this.#session = session;
    this.#ends = ends;
    this.#table = table;
    this.#pin = pin;
    this.#steps = steps;
    this.#key = keyText(table.schema);
  }

  /** Deletes the sink's rows of the chunk that are not the source's. */
  async removeDiffering(chunk: Chunk): Promise<void> {
    const digests = await this.#digests(chunk);
    const changed: Row[] = [];
    await this.#compare(chunk, digests, async (row) => {
      changed.push(row);
      if (changed.length >= EXTRA_ROWS) await this.#write('delete', changed.splice(0));
    });
    await this.#write('delete', changed);
  }

  /** Makes the chunk equal to the source and marks it done. */
  async align(chunk: Chunk): Promise<void> {
    this.#session.checkpointOrStop();
    const digests = await this.#digests(chunk);
    const rows = digests.size;
    await this.#compare(chunk, digests, () => Promise.resolve());
    const batch = this.#ends.sink.beginBatch('replace');
    try {
      if (digests.size > 0) {
        for await (const read of this.#sourceRows(chunk)) {
          const missing = read.filter((row) => digests.has(this.#key(row)));
          await batch.add(
            this.#table,
            missing.map((row) => ({ deleted: false, row })),
          );
          this.written += missing.length;
        }
      }
      const { generation } = this.#session.record;
      await batch.commit(this.#steps.next({ table: this.#table, generation, chunk: { ...chunk, rows } }));
    } catch (error) {
      await batch.rollback();
      throw error;
    }
  }

  async #digests(chunk: Chunk): Promise<Map<string, string>> {
    const digests = new Map<string, string>();
    for await (const rows of this.#sourceRows(chunk)) {
      for (const row of rows) digests.set(this.#key(row), rowDigest(row));
    }
    return digests;
  }

  #sourceRows(chunk: Chunk): AsyncIterable<Row[]> {
    return this.#ends.source.readRange(this.#table.schema, this.#pin, chunk.range);
  }

  /**
   * Takes out of `digests` what the sink has already, tells of rows that it has differently, and deletes those that
   * the source has not. What stays is missing at the sink, or different there.
   */
  async #compare(chunk: Chunk, digests: Map<string, string>, onDiffering: (row: Row) => Promise<void>): Promise<void> {
    const extra: Row[] = [];
    for await (const rows of this.#ends.sink.readRange(this.#table, chunk.range)) {
      this.#session.signal.throwIfAborted();
      for (const row of rows) {
        const digest = digests.get(this.#key(row));
        if (digest === undefined) extra.push(row);
        else if (digest === rowDigest(row)) digests.delete(this.#key(row));
        else await onDiffering(row);
      }
      if (extra.length >= EXTRA_ROWS) await this.#deleteExtra(extra.splice(0));
    }
    await this.#deleteExtra(extra);
  }

  async #deleteExtra(rows: Row[]): Promise<void> {
    if (rows.length === 0) return;
    const present = new Set(await this.#ends.source.present(this.#table.schema, this.#pin, rows));
    await this.#write(
      'delete',
      rows.filter((row) => !present.has(row)),
    );
  }

  async #write(mode: BatchMode, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const batch = this.#ends.sink.beginBatch(mode);
    try {
      await batch.add(
        this.#table,
        rows.map((row) => ({ deleted: true, row })),
      );
      await batch.commit(this.#steps.next());
    } catch (error) {
      await batch.rollback();
      throw error;
    }
    this.written += rows.length;
  }
}
