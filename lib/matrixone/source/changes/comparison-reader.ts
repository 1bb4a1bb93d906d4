import type { Change, Row, TableSchema } from '../../../data/change.ts';
import { type Pin, samePin, type Window } from '../../../data/position.ts';
import { keyOnly, keyText, rowDigest } from '../../../data/row-digest.ts';
import { keptRows, type Rows } from '../../../data/row-block.ts';
import type { KeyRange, RangeSize } from '../../../replication/endpoints/source.ts';
import type { Connection } from '../../../wire/connection.ts';
import { rangeCondition } from '../rows/key-range.ts';
import type { KnownSchemas } from '../catalog/known-schemas.ts';
import type { AskedTable, ChangeReader } from './change-reader.ts';
import { atPin } from '../history/pins.ts';
import { tableChecksum, TableChecksums } from '../rows/table-checksums.ts';

/**
 * Rows of one range, whose keys and digests are in memory while it is compared. If the range is of another key than the
 * table is stored by, it takes a pass over the table, so such ranges are fewer and larger.
 */
const RANGE_ROWS = 5_000;
const OTHER_RANGE_ROWS = 50_000;
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
  readRange(schema: TableSchema, at: Pin, range: KeyRange): AsyncIterable<Rows>;
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
    return (await this.#checksums.at(schema, after)) !== (await this.#checksums.at(schema, until));
  }

  async *readChanges(schema: TableSchema, window: Window): AsyncGenerator<Change[], void, undefined> {
    if (!(await this.#hasChanges(schema, window))) return;
    // Ranges are planned at the earlier pin, whose rows are kept in memory. The first and the last range are open, so
    // all keys are in one.
    const rows = schema.hasPrimaryKey ? RANGE_ROWS : OTHER_RANGE_ROWS;
    const ranges = await this.#tables.planRanges(schema, window.after, { rows, bytes: RANGE_BYTES });
    for (const range of ranges) {
      if (ranges.length > 1 && (await this.#sameRange(schema, window, range))) continue;
      yield* this.#compare(schema, window, range);
    }
  }

  async #sameRange(schema: TableSchema, { after, until }: Window, range: KeyRange): Promise<boolean> {
    const condition = rangeCondition(schema, range);
    const [before, now] = await Promise.all(
      [after, until].map((pin) =>
        this.#tables.use([pin], (connection) => tableChecksum(connection, schema, atPin(schema.table, pin), condition)),
      ),
    );
    return before === now;
  }

  async *#compare(
    schema: TableSchema,
    { after, until }: Window,
    range: KeyRange,
  ): AsyncGenerator<Change[], void, undefined> {
    const text = keyText(schema);
    const before = await this.#remember(schema, after, range);
    for await (const rows of this.#tables.readRange(schema, until, range)) {
      const changes = keptRows(rows, (row) => {
        const key = text(row);
        const same = before.get(key)?.digest === rowDigest(row);
        before.delete(key);
        return !same;
      });
      if (changes.length > 0) yield changes.map((row) => ({ deleted: false, row }));
    }
    yield* deletions(before.values());
  }

  async #remember(schema: TableSchema, at: Pin, range: KeyRange): Promise<Map<string, Remembered>> {
    const text = keyText(schema);
    const withKeyOnly = keyOnly(schema);
    const found = new Map<string, Remembered>();
    for await (const rows of this.#tables.readRange(schema, at, range)) {
      for (const row of rows) found.set(text(row), { digest: rowDigest(row), key: withKeyOnly(row) });
    }
    return found;
  }
}

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
