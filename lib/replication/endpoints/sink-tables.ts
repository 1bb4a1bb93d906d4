import type { BucketSums, Checksum, RowHash } from '../../data/buckets.ts';
import type { Row, TableSchema } from '../../data/change.ts';
import type { Rows } from '../../data/row-block.ts';
import type { TakenTable } from '../../data/taken-table.ts';
import type { Complaint } from '../../task/rejection.ts';
import type { TableName } from '../../task/task.ts';
import type { KeyRange, RowSet } from './source.ts';

/** A sink table, and the schema of the source table whose rows it receives. */
export interface SinkTable {
  readonly name: TableName;
  readonly schema: TableSchema;
}

/** A schema change of a source table. */
export interface SchemaChange {
  /** The sink table. */
  readonly name: TableName;
  /** Undefined when the source table is gone. */
  readonly schema: TableSchema | undefined;
  readonly before: TableSchema | undefined;
}

/** Which rows of the source table the sink table receives after the alteration. */
export type RowsToFollow = 'changed' | 'all';

/** The tables of the sink: who owns them, and how they are declared. */
export interface SinkTables {
  /**
   * Returns all reasons why these tables cannot be written, not only the first. `existingRows` as in the task's
   * options.
   */
  check(tables: readonly SinkTable[], existingRows: 'refuse' | 'replace'): Promise<Complaint[]>;

  /**
   * True when the sink lists a snapshot of this name. The snapshot was made at the source, so source and sink are then
   * one server.
   */
  hasSnapshot(name: string): Promise<boolean>;

  /**
   * Makes the task the owner of these tables. Returns the tables that another task owns; their owner stays the same.
   * Safe to repeat.
   */
  ownTables(names: readonly TableName[]): Promise<readonly TakenTable[]>;

  /** Gives up ownership of all tables of this task except these. Safe to repeat. */
  keepTables(names: readonly TableName[]): Promise<void>;

  /**
   * Creates the database and the table where they are missing. SINK_TABLE_MISMATCH when an existing table cannot take
   * the rows. FENCED when the table is missing and a newer worker holds the fence, since that worker may have dropped
   * the table. Calls may run concurrently, as may calls of alterTable and planLoad.
   */
  createTable(table: SinkTable): Promise<void>;

  /** True when a table of this name exists. */
  hasTable(table: SinkTable): Promise<boolean>;

  /**
   * The schema in which a computed column counts as a plain one if this sink does not compute it: then its values are
   * carried like any others. For a column or table that the sink lacks, the answer is what the sink will make of it.
   * The sink is expected to get a column that its table lacks only if the source table did not have it in `before`.
   */
  carried(table: SinkTable, before?: TableSchema): Promise<TableSchema>;

  /** The parts of a source table's declaration that the sink table does not get, in words. */
  omitted(schema: TableSchema): Promise<readonly string[]>;

  /**
   * Gives an existing table the columns and the key of the source table, before the table gets the rows of a window.
   * Rows stay. It drops columns and indexes that the source table had in `before` and has no longer; others that only
   * the sink has stay. SINK_TABLE_MISMATCH when these others would refuse every row. With `rows` = `all`, it may delete
   * values that prevent a column from changing its type. Safe to repeat.
   */
  alterTable(table: SinkTable, before: TableSchema | undefined, rows: RowsToFollow): Promise<void>;

  /**
   * Completes `alterTable` once the table has the rows of the window: it makes the changes that older rows might not
   * fit, mainly new indexes. Safe to repeat, also by another worker. Returns the names of new indexes that this sink
   * cannot have.
   */
  finishTable(table: SinkTable, before: TableSchema | undefined): Promise<readonly string[]>;

  /**
   * DDL in this sink's dialect that would make the sink table follow its source table. Empty when the table already
   * follows, as far as the sink can see. If the source table was truncated or made anew with the same definition, its
   * sink table follows when it is empty.
   */
  statementsFor(change: SchemaChange): Promise<readonly string[]>;

  /** Drops a table with its rows. Safe to repeat. */
  dropTable(name: TableName): Promise<void>;
}

/** Reads the present rows of the sink, to compare them with those of the source. */
export interface SinkRows {
  /**
   * The present rows of a set: the carried columns, in batches, in any order. They are the rows of the source's
   * range only where `keepsOrder` is true.
   */
  readRange(table: SinkTable, set: RowSet): AsyncIterable<Rows>;

  /** True when the sink orders keys as the source does. That depends on the column types of the sink table. */
  keepsOrder(table: SinkTable): Promise<boolean>;

  /** As readRange, for the rows that have the same keys as `rows`. */
  readKeys(table: SinkTable, rows: readonly Row[]): AsyncIterable<Rows>;

  /** How this kind of server can hash rows; undefined when it cannot. */
  readonly rowHash: RowHash | undefined;

  /**
   * Comparable with the source's checksum by `rowHash`. Undefined when the sink's columns are of other types, or when the server
   * cannot compute it.
   */
  checksum(table: SinkTable, range: KeyRange): Promise<Checksum | undefined>;

  /** As `checksum`, for each of the `of` buckets of the range: see the source's `bucketSums`. */
  bucketSums(table: SinkTable, range: KeyRange, of: number): Promise<BucketSums | undefined>;

  /**
   * A function that brings rows into the form for comparison. Two rows are the same if their forms are the same bytes,
   * no matter whether the source or this sink printed them. Undefined when rows can be compared as they are.
   */
  comparedForm(table: SinkTable): Promise<((row: Row) => Row) | undefined>;
}
