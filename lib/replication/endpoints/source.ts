import type { CdcError } from '../../errors.ts';
import type { Area } from '../../task/table-selection.ts';
import type { TableName, TableKey } from '../../task/task.ts';
import type { Buckets, BucketSums, Checksum, RowHash } from '../../data/buckets.ts';
import type { Row, TableSchema } from '../../data/change.ts';
import type { Complaint } from '../../task/rejection.ts';
import type { KeyPosition } from '../../data/key-position.ts';
import type { Pin, Position, Window } from '../../data/position.ts';
import type { Changes, Rows } from '../../data/row-block.ts';

/** A key range (lower, upper] in the source's order of keys; an undefined end is open. */
export interface KeyRange {
  readonly lower: KeyPosition | undefined;
  readonly upper: KeyPosition | undefined;
}

/** The approximate limit of a range; a single row may be larger. */
export interface RangeSize {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * `quick`: whichever way is fastest at the moment. Two `quick` readings of a window may differ: one of them may contain
 * rows that have not changed. Use it only to write the later state of each key at once; never delete by one reading and
 * insert by the next. `compared`: compares the whole table at both ends.
 */
export type Reading = 'steady' | 'quick' | 'compared';

export interface ReadChanges {
  /** Default: `steady`. */
  readonly reading?: Reading;
  /** Called with the reason when the table has to be compared because the server cannot compute its changes. */
  readonly compared?: (error: CdcError) => void;
}

/** The rows of a key range; with `buckets`, only those that are in one of them by the hash of their key. */
export interface RowSet extends KeyRange {
  readonly buckets?: Buckets;
}

/** A table, view or similar that the source lists. */
export interface ListedTable {
  readonly name: TableName;
  /** The server's number of the table; see TableSchema. */
  readonly id: string;
  /** `table` for a base table; otherwise what it is in plain words: `view`, `external table`, … */
  readonly kind: string;
}

/** Which names a source shall list. */
export interface NamesAsked {
  /** The database whose tables are listed; undefined: the databases are listed. */
  readonly database: string | undefined;
  /** Only names with this text in them, whatever the case of its letters. */
  readonly containing: string;
  /** At most this many. */
  readonly most: number;
}

/** A database or table that exists now. */
export interface ListedName {
  readonly name: string;
  /** `database`, or the kind of a ListedTable. */
  readonly kind: string;
  /** Undefined for what is no table, and when the source cannot tell. */
  readonly hasPrimaryKey: boolean | undefined;
}

export interface ListedNames {
  /** By name. */
  readonly names: readonly ListedName[];
  /** How many there are in all. */
  readonly count: number;
}

/** Which tables exist, and how they are declared. */
export interface SourceCatalog {
  /**
   * Returns all reasons why the area cannot be replicated, not only the first. It never throws for a reason that it can
   * name.
   */
  check(area: Area): Promise<Complaint[]>;

  /**
   * The databases of the account, or the tables of one of them, as they are now and without a snapshot. The server's own
   * databases and the product's are left out. SOURCE_DATABASE_MISSING.
   */
  names(asked: NamesAsked): Promise<ListedNames>;

  /**
   * Everything that exists at the pin in these databases or in the whole account, including the server's own databases.
   * It omits what a server keeps for itself within a database: indexes, partitions, temporary tables.
   */
  tables(databases: readonly string[] | 'account', at: Pin): Promise<ListedTable[]>;

  /**
   * Numbers of base tables that can be replicated with any options: `describe` would accept each of them. One query
   * answers for all tables. The answer may omit some of them, and is empty when the server cannot tell.
   */
  plainTables(databases: readonly string[] | 'account', at: Pin): Promise<ReadonlySet<string>>;

  /** SOURCE_TABLE_MISSING, TABLE_WITHOUT_KEY, TYPE_UNSUPPORTED. */
  describe(table: TableName, at: Pin): Promise<TableSchema>;

  /**
   * A text for each table that identifies its shape, keyed by `db.table`. As long as the text is the same, the table
   * itself, its columns and its key are the same. Tables that do not exist at the pin have none. One query answers for
   * all tables.
   */
  shapes(tables: readonly TableName[], at: Pin): Promise<ReadonlyMap<TableKey, string>>;

  /** Number of rows of the table at the pin. */
  countRows(table: TableName, at: Pin): Promise<number>;
}

/** Keeps history from garbage collection. */
export interface SourceHistory {
  /**
   * Makes a pin at a safe upper bound: everything committed before the call is visible at the pin, and later reads at
   * the pin never change. It covers the area with the narrowest level. The pin is a snapshot of that name, or a PITR
   * holds it if the task's option says so; a PITR's pin has no snapshot, so there is nothing to drop. SNAPSHOT_QUOTA
   * when the account may have no more snapshots and no PITR takes their place. PITR_MISSING when a PITR should hold the
   * pin and none covers the area.
   */
  createPin(name: string, area: Area): Promise<Pin>;

  /**
   * A point at or before `ts` from which history of the area is held by something other than tasks: `ts` itself where a
   * PITR reaches back that far, else the last snapshot before it. Undefined when neither covers the whole area.
   */
  heldSince(ts: Position, area: Area): Promise<Pin | undefined>;

  /**
   * How long PITRs hold the history of the area from `ts` on, in milliseconds counted from `ts`; undefined when they do
   * not hold it, or no longer. `known`: the last answer for this task. If a PITR was lengthened since, that does not
   * bring back history that its old length had already given up.
   */
  pitrReach(ts: Position, area: Area, known: number | undefined): Promise<number | undefined>;

  /** The pins that are snapshots and whose names start with `prefix`. */
  pins(prefix: string): Promise<Pin[]>;

  /** Safe to repeat. */
  dropPin(name: string): Promise<void>;
}

/** Where a page of ranges begins, and how long it is. */
export interface PageStart {
  /** The end of the last range of the page before; undefined for the first page. */
  readonly after: KeyPosition | undefined;
  /** About how many ranges; at least one comes. */
  readonly most: number;
}

/** The next ranges of a plan. */
export interface RangePage {
  /** At least one, in key order. */
  readonly ranges: readonly KeyRange[];
  /** False: the table goes on behind the end of the last range. */
  readonly isLast: boolean;
}

/** Reads rows as they were at a pin. */
export interface SourceRows {
  /**
   * Disjoint ranges in key order, at least one: the next ones after the end of an earlier range, or the first ones of the table
   * at the pin. Each has about `size.rows` rows, or fewer if these reach `size.bytes`. On a large table, a page is a short
   * look at the next keys; together the pages cover the table.
   */
  planPage(schema: TableSchema, at: Pin, size: RangeSize, page: PageStart): Promise<RangePage>;

  /** The checksum of a range at the pin, over all carried columns; undefined when rows cannot be hashed like this. */
  checksum(schema: TableSchema, at: Pin, range: KeyRange, hash: RowHash): Promise<Checksum | undefined>;

  /**
   * The checksums of the `of` buckets (a power of 2) of a range at the pin, for a table with a key; undefined when
   * rows cannot be hashed like this.
   */
  bucketSums(schema: TableSchema, at: Pin, range: KeyRange, of: number, hash: RowHash): Promise<BucketSums | undefined>;

  /** The rows of a set at the pin, in batches, in any order. Holds one batch at a time. */
  readRange(schema: TableSchema, at: Pin, set: RowSet): AsyncIterable<Rows>;

  /** Returns those of the given rows whose key exists in the table at the pin. */
  present(schema: TableSchema, at: Pin, rows: readonly Row[]): Promise<Row[]>;
}

/** Tells what changed between two pins. */
export interface SourceChanges {
  /**
   * A cheap look: may anything have changed since the pin? It may return true although nothing changed. It may return
   * false for a change that is not visible yet, or right after a look that took long.
   */
  changedSince(tables: readonly TableName[], since: Pin): Promise<boolean>;

  /**
   * The tables (`db.table`) that have net changes in the window; each given table must have the same shape at both
   * ends. One call answers for many tables: as far as the server allows, its cost follows the changes and not the
   * number of tables. An error of a single table is a TableError.
   */
  changedTables(tables: readonly TableName[], window: Window): Promise<ReadonlySet<TableKey>>;

  /**
   * 0 when nothing changed in the window, otherwise the number of changed keys. Where counting would mean reading, it
   * returns 1, and there may be no change after all. Fails when the schema of the table differs between the ends.
   */
  countChanges(table: TableName, window: Window): Promise<number>;

  /**
   * The net changes of a table in the window: each key at most once, in any order, one batch at a time. Unless `quick`,
   * every reading of the same window gives the same changes. The server may have the rows of both ends and yet be
   * unable to compute the changes: then `quick` compares the ends, and `steady` fails with CHANGES_UNREADABLE. Both
   * fail with it if the server finds out too late.
   */
  readChanges(schema: TableSchema, window: Window, how?: ReadChanges): AsyncIterable<Changes>;

  /**
   * Stops every count and every reading of changes that is under way: they fail. The server might go on with them for
   * hours otherwise, even without the connection.
   */
  stopChanges(): Promise<void>;
}

/**
 * The database that changes are read from. It connects with the first call. After the signal given at opening is
 * aborted, every running and every later call fails. Errors are CdcErrors with SOURCE_… codes. Calls may run
 * concurrently, also while ranges or changes are being read.
 */
export interface Source extends SourceCatalog, SourceHistory, SourceRows, SourceChanges {
  close(): Promise<void>;
}
