import type { CdcError } from '../../errors.ts';
import type { Area } from '../../task/table-selection.ts';
import type { TableName } from '../../task/task.ts';
import type { Row, TableSchema } from '../../data/change.ts';
import type { Complaint } from '../../task/rejection.ts';
import type { KeyPosition } from '../../data/key-position.ts';
import type { Pin, Position, Window } from '../../data/position.ts';
import type { Changes, Rows } from '../../data/row-block.ts';

/** A key range (lower, upper] in the source's order of keys; a missing end is open. */
export interface KeyRange {
  readonly lower: KeyPosition | undefined;
  readonly upper: KeyPosition | undefined;
}

/** What a range may hold, about; a single row may be larger. */
export interface RangeSize {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * `quick`: by whatever way is quickest at the moment. Two such readings of a window may differ in rows that have not
 * changed, which one of them may give: good for whoever puts every key into its later state at once, and not for whoever
 * deletes by one reading and inserts by the next. `compared`: by comparing all of the table at both ends.
 */
export type Reading = 'steady' | 'quick' | 'compared';

export interface ReadChanges {
  /** `steady` where nothing is said. */
  readonly reading?: Reading;
  /** Told why the table has to be compared, although the server would usually know what has changed. */
  readonly compared?: (error: CdcError) => void;
}

/** What the rows of a key range add up to: as long as a single byte of one differs, so does the digest. */
export interface RangeChecksum {
  readonly rows: number;
  /** Comparable between servers of one kind, for tables of the same columns. */
  readonly digest: string;
}

/** Something with a name in a database, as the source lists it. */
export interface ListedTable {
  readonly name: TableName;
  /** The server's number of the table; see TableSchema. */
  readonly id: string;
  /** `table` for a base table; otherwise in plain words what it is: `view`, `external table`, … */
  readonly kind: string;
}

/** What tables there are, and how they are declared. */
export interface SourceCatalog {
  /** Everything that keeps this from being replicated, all at once; never throws for a reason it can name. */
  check(area: Area): Promise<Complaint[]>;

  /**
   * What there is at the pin in these databases, or in all of the account, the server's own included. Without what
   * servers keep for themselves within a database: indexes, partitions, temporary tables.
   */
  tables(databases: readonly string[] | 'account', at: Pin): Promise<ListedTable[]>;

  /**
   * Numbers of base tables among those that certainly can be replicated, whatever the task's options are: `describe`
   * would refuse none of them. One question for all; it may leave out any, and all of them where the server cannot tell.
   */
  plainTables(databases: readonly string[] | 'account', at: Pin): Promise<ReadonlySet<string>>;

  /** SOURCE_TABLE_MISSING, TABLE_WITHOUT_KEY, TYPE_UNSUPPORTED. */
  describe(table: TableName, at: Pin): Promise<TableSchema>;

  /**
   * What tells one shape of a table from another, by `db.table`: as long as it stays the same, so do the table itself,
   * its columns and its key. Tables that are not there at the pin have none. One question for all of them.
   */
  shapes(tables: readonly TableName[], at: Pin): Promise<ReadonlyMap<string, string>>;

  /** The rows of the table at the pin. */
  countRows(table: TableName, at: Pin): Promise<number>;
}

/** From which positions on history survives. */
export interface SourceHistory {
  /**
   * A safe upper bound: everything committed before the call is visible at the pin, and later reads at the pin never
   * change. Covers the area by the narrowest level. Held by a snapshot of that name or, as the task's option says, by
   * a PITR; then there is no snapshot afterwards, and nothing to drop. SNAPSHOT_QUOTA when the account may not have
   * another snapshot and no PITR takes its place, PITR_MISSING when a PITR is to and none covers the area.
   */
  createPin(name: string, area: Area): Promise<Pin>;

  /**
   * A point not after `ts` from which history of the area is held by others than tasks: `ts` itself where a PITR
   * reaches that far back, else the last snapshot before it; undefined where neither covers the whole area.
   */
  heldSince(ts: Position, area: Area): Promise<Pin | undefined>;

  /**
   * For how long, counted from `ts`, PITRs hold history of the area from there on, in milliseconds; undefined when they
   * do not, or no longer. `known`: what was answered for the task last. A PITR that was made longer since does not bring
   * back what had fallen out of its reach before.
   */
  pitrReach(ts: Position, area: Area, known: number | undefined): Promise<number | undefined>;

  /** The pins that are snapshots, by what their names start with. */
  pins(prefix: string): Promise<Pin[]>;

  /** Idempotent. */
  dropPin(name: string): Promise<void>;
}

/** Rows as they were at a pin. */
export interface SourceRows {
  /**
   * Disjoint ranges, in the order of the keys, that cover the whole table at the pin, or what comes after the end
   * `after` of an earlier range; each of about the size's rows, or of fewer that come to its bytes. At least one.
   */
  planRanges(schema: TableSchema, at: Pin, size: RangeSize, after?: KeyPosition): Promise<KeyRange[]>;

  /** The checksum of a range at the pin, over all carried columns; undefined where the server cannot tell. */
  checksum(schema: TableSchema, at: Pin, range: KeyRange): Promise<RangeChecksum | undefined>;

  /** The rows of a range at the pin, in batches, in any order; holds one batch at a time. */
  readRange(schema: TableSchema, at: Pin, range: KeyRange): AsyncIterable<Rows>;

  /** Those of the given rows whose key is in the table at the pin. */
  present(schema: TableSchema, at: Pin, rows: readonly Row[]): Promise<Row[]>;
}

/** What has changed between two pins. */
export interface SourceChanges {
  /**
   * Cheap: may anything have changed since the pin? May say yes without need, and no for what is not yet visible or right
   * after a look that took long.
   */
  changedSince(tables: readonly TableName[], since: Pin): Promise<boolean>;

  /**
   * Those of the tables, by `db.table`, that have net changes in the window; each is to be of one shape at both ends. One
   * call for many: what it costs follows what has changed rather than their number, as far as the server allows. An error
   * that is one table's own is a TableError.
   */
  changedTables(tables: readonly TableName[], window: Window): Promise<ReadonlySet<string>>;

  /**
   * 0 when nothing in the window has changed; otherwise the number of changed keys, or 1 where to count them is to read
   * them, of which there may be none after all. An error when the table's schema differs between the ends.
   */
  countChanges(table: TableName, window: Window): Promise<number>;

  /**
   * The net changes of one table in the window: each key at most once, in any order, one batch at a time. Without
   * `quick` the same window always gives the same changes. A server may know no more what has changed, though it has the
   * rows of both ends: then `quick` compares them, `steady` fails with CHANGES_UNREADABLE, and so do both when the server
   * finds out too late.
   */
  readChanges(schema: TableSchema, window: Window, how?: ReadChanges): AsyncIterable<Changes>;
}

/**
 * The database that changes are read from. Nothing connects before the first call. Once the signal given at opening
 * is aborted, every call under way and every later one fails. Errors are CdcErrors with SOURCE_… codes. Calls may be
 * made concurrently, also while ranges or changes are being read.
 */
export interface Source extends SourceCatalog, SourceHistory, SourceRows, SourceChanges {
  close(): Promise<void>;
}
