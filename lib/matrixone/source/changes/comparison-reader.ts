import { type BucketSums, type Checksum, sameSum } from '../../../data/buckets.ts';
import type { TableSchema } from '../../../data/change.ts';
import type { ChangeBlock } from '../../../data/row-block.ts';
import { isWhole } from '../../../data/key-position.ts';
import { type Pin, samePin, type Window } from '../../../data/position.ts';
import { type DifferingSet, differingSets } from '../../../replication/endpoints/differing-sets.ts';
import type { KeyRange } from '../../../replication/endpoints/source.ts';
import type { Connection } from '../../../wire/connection.ts';
import type { KnownSchemas } from '../catalog/known-schemas.ts';
import type { AskedTable, ChangeReader } from './change-reader.ts';
import { type DigestedTables, DigestReader } from './digest-reader.ts';
import { TableChecksums } from '../rows/table-checksums.ts';

/** Keys in memory at once: so many rows take the server a fifth of a second. Fewer, if keys are long. */
const MOST_KEYS = 200_000;
/** Rows that are asked about at once. */
const SPAN_ROWS = 1_000_000;

/** The part of the source that the comparison uses. */
export interface ComparedTables extends DigestedTables {
  readonly schemas: Pick<KnownSchemas, 'refuseOther'>;
  /** Lends a connection for reading at these pins. */
  use<T>(pins: readonly Pin[], work: (connection: Connection) => Promise<T>): Promise<T>;
  checksum(schema: TableSchema, at: Pin, range: KeyRange): Promise<Checksum | undefined>;
  bucketSums(schema: TableSchema, at: Pin, range: KeyRange, of: number): Promise<BucketSums | undefined>;
}

/**
 * Finds the changes of a window by comparing a table at its two pins. Each pin has queries of its own, because a query
 * that names a table at two snapshots silently reads one of them twice. Needs no `data branch diff`. Reads both states
 * of sets of rows whose checksums differ.
 */
export class ComparisonReader implements ChangeReader {
  readonly #tables: ComparedTables;
  readonly #checksums: TableChecksums;
  readonly #digests: DigestReader;

  constructor(tables: ComparedTables) {
    this.#tables = tables;
    this.#checksums = new TableChecksums((pins, work) => tables.use(pins, work));
    this.#digests = new DigestReader(tables, MOST_KEYS);
  }

  async changedSince(table: AskedTable, since: Pin): Promise<boolean> {
    return this.#checksums.changedSince(await table.schema(), since);
  }

  /** 0 or 1: to count the changes is to read them. */
  async countChanges(table: AskedTable, window: Window): Promise<number> {
    const schema = await table.schema();
    await this.#tables.schemas.refuseOther(schema, window);
    return (await this.#hasChanges(schema, window)) ? 1 : 0;
  }

  async #hasChanges(schema: TableSchema, { after, until }: Window): Promise<boolean> {
    if (samePin(after, until)) return false;
    return !sameSum(await this.#checksums.at(schema, after), await this.#checksums.at(schema, until));
  }

  async *readChanges(schema: TableSchema, window: Window): AsyncGenerator<ChangeBlock, void, undefined> {
    if (!(await this.#hasChanges(schema, window))) return;
    // Ranges are planned at the earlier pin, whose keys are kept in memory. The first and the last range are open, so
    // all keys are in one. If a range is of another key than the table is stored by, it takes a pass over the table.
    const most = this.#digests.mostKeys(schema);
    const rows = schema.hasPrimaryKey ? most : SPAN_ROWS;
    const ranges = await this.#tables.planRanges(schema, window.after, { rows, bytes: Infinity });
    const atOnce = Math.max(1, Math.floor(SPAN_ROWS / rows));
    for (let next = 0; next < ranges.length; next += atOnce) {
      const some = ranges.slice(next, next + atOnce);
      for (const set of await this.#differing(schema, window, some, most))
        yield* this.#digests.compare(schema, window, set);
    }
  }

  /** Where the rows of the ranges differ between the pins. Each pin has queries of its own. */
  async #differing(
    schema: TableSchema,
    { after, until }: Window,
    ranges: readonly KeyRange[],
    most: number,
  ): Promise<DifferingSet[]> {
    const atBoth = <T>(ask: (pin: Pin) => Promise<T>): Promise<T[]> => Promise.all([after, until].map(ask));
    const told = await differingSets(
      {
        hash: 'matrixone',
        checksums: (range) =>
          isWhole(range)
            ? atBoth((pin) => this.#checksums.at(schema, pin))
            : atBoth((pin) => this.#tables.checksum(schema, pin, range)),
        bucketSums: (range, of) => atBoth((pin) => this.#tables.bucketSums(schema, pin, range, of)),
      },
      ranges,
      most,
    );
    return told.told === 'sums' ? [...told.sets] : [...ranges];
  }
}
