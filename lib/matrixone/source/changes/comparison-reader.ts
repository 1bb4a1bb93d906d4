import { type BucketSums, type Checksum, sameSum } from '../../../data/buckets.ts';
import type { Change, Row, TableSchema } from '../../../data/change.ts';
import { type Pin, samePin, type Window } from '../../../data/position.ts';
import { keyOnly, keyText, rowDigest } from '../../../data/row-digest.ts';
import { keptRows, type Rows } from '../../../data/row-block.ts';
import { COMPARED_ROWS, type DifferingSet, differingSets } from '../../../replication/endpoints/differing-sets.ts';
import type { KeyRange, RangeSize, RowSet } from '../../../replication/endpoints/source.ts';
import { CdcError } from '../../../errors.ts';
import type { Connection } from '../../../wire/connection.ts';
import type { KnownSchemas } from '../catalog/known-schemas.ts';
import type { AskedTable, ChangeReader } from './change-reader.ts';
import { TableChecksums } from '../rows/table-checksums.ts';

/**
 * Ranges whose rows are compared one by one where many differ, and how many of them are asked about at once. If a range is
 * of another key than the table is stored by, it takes a pass over the table, so such ranges are fewer.
 */
const RANGES = { rows: COMPARED_ROWS, atOnce: 50 };
const OTHER_RANGES = { rows: 50 * COMPARED_ROWS, atOnce: 1 };
/** Limits the memory for keys, which may be long. */
const RANGE_BYTES = 64 * 1024 * 1024;
/** Deletions in one batch. */
const BATCH_ROWS = 500;

/** The part of the source that the comparison uses. */
export interface ComparedTables {
  readonly schemas: Pick<KnownSchemas, 'refuseOther'>;
  /** Lends a connection for reading at these pins. */
  use<T>(pins: readonly Pin[], work: (connection: Connection) => Promise<T>): Promise<T>;
  planRanges(schema: TableSchema, at: Pin, size: RangeSize): Promise<KeyRange[]>;
  checksum(schema: TableSchema, at: Pin, range: KeyRange): Promise<Checksum | undefined>;
  bucketSums(schema: TableSchema, at: Pin, range: KeyRange, of: number): Promise<BucketSums | undefined>;
  readRange(schema: TableSchema, at: Pin, set: RowSet): AsyncIterable<Rows>;
}

interface Remembered {
  readonly digest: string;
  /** A row with the key's values only; the others are NULL. */
  readonly key: Row;
}

/**
 * Finds the changes of a window by comparing a table at its two pins. Each pin has queries of its own, because a query
 * that names a table at two snapshots silently reads one of them twice. Needs no `data branch diff`. Reads both states
 * of every key range that has changed.
 */
export class ComparisonReader implements ChangeReader {
  readonly #tables: ComparedTables;
  readonly #checksums: TableChecksums;

  constructor(tables: ComparedTables) {
    this.#tables = tables;
    this.#checksums = new TableChecksums((pins, work) => tables.use(pins, work));
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

  async *readChanges(schema: TableSchema, window: Window): AsyncGenerator<Change[], void, undefined> {
    if (!(await this.#hasChanges(schema, window))) return;
    // Ranges are planned at the earlier pin, whose rows are kept in memory. The first and the last range are open, so
    // all keys are in one.
    const { rows, atOnce } = schema.hasPrimaryKey ? RANGES : OTHER_RANGES;
    const ranges = await this.#tables.planRanges(schema, window.after, { rows, bytes: RANGE_BYTES });
    for (let next = 0; next < ranges.length; next += atOnce) {
      const some = ranges.slice(next, next + atOnce);
      for (const set of await this.#differing(schema, window, some)) yield* this.#compare(schema, window, set);
    }
  }

  /** Where the rows of the ranges differ between the pins. Each pin has queries of its own. */
  async #differing(
    schema: TableSchema,
    { after, until }: Window,
    ranges: readonly KeyRange[],
  ): Promise<DifferingSet[]> {
    const atBoth = <T>(ask: (pin: Pin) => Promise<T>): Promise<T[]> => Promise.all([after, until].map(ask));
    const told = await differingSets(
      {
        checksums: (range) =>
          isWhole(range)
            ? atBoth((pin) => this.#checksums.at(schema, pin))
            : atBoth((pin) => this.#tables.checksum(schema, pin, range)),
        bucketSums: (range, of) => atBoth((pin) => this.#tables.bucketSums(schema, pin, range, of)),
      },
      ranges,
    );
    return told.told === 'sums' ? [...told.sets] : [...ranges];
  }

  async *#compare(
    schema: TableSchema,
    { after, until }: Window,
    set: DifferingSet,
  ): AsyncGenerator<Change[], void, undefined> {
    const text = keyText(schema);
    const before = await this.#remember(schema, after, set);
    refuseOther(set, 0, before.size);
    let later = 0;
    for await (const rows of this.#tables.readRange(schema, until, set)) {
      later += rows.length;
      const changes = keptRows(rows, (row) => {
        const key = text(row);
        const same = before.get(key)?.digest === rowDigest(row);
        before.delete(key);
        return !same;
      });
      if (changes.length > 0) yield changes.map((row) => ({ deleted: false, row }));
    }
    refuseOther(set, 1, later);
    yield* deletions(before.values());
  }

  async #remember(schema: TableSchema, at: Pin, set: RowSet): Promise<Map<string, Remembered>> {
    const text = keyText(schema);
    const withKeyOnly = keyOnly(schema);
    const found = new Map<string, Remembered>();
    for await (const rows of this.#tables.readRange(schema, at, set)) {
      for (const row of rows) found.set(text(row), { digest: rowDigest(row), key: withKeyOnly(row) });
    }
    return found;
  }
}

/**
 * A key that is in a set at the earlier pin and not at the later one counts as deleted. So both readings must have the rows
 * that the checksums counted: computers of another kind, as nodes of one server, would give a key another bucket.
 */
function refuseOther({ rows }: DifferingSet, end: 0 | 1, read: number): void {
  if (rows === undefined || rows[end] === read) return;
  throw new CdcError(
    'CHANGES_UNREADABLE',
    `The server counted ${rows[end]} rows by the hash of their key, and sent ${read}.`,
  );
}

const isWhole = ({ lower, upper }: KeyRange): boolean => lower === undefined && upper === undefined;

function* deletions(rows: Iterable<Remembered>): Generator<Change[]> {
  let batch: Change[] = [];
  for (const { key } of rows) {
    batch.push({ deleted: true, row: key });
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
