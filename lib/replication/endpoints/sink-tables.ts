import type { Row, TableSchema } from '../../data/change.ts';
import type { Rows } from '../../data/row-block.ts';
import type { TakenTable } from '../../data/taken-table.ts';
import type { Complaint } from '../../task/rejection.ts';
import type { TableName } from '../../task/task.ts';
import type { KeyRange, RangeChecksum } from './source.ts';

/** A table of the sink and the source schema whose rows it gets. */
export interface SinkTable {
  readonly name: TableName;
  readonly schema: TableSchema;
}

/** What has become of a source table. */
export interface SchemaChange {
  /** Its sink table. */
  readonly name: TableName;
  /** Undefined when the source table is gone. */
  readonly schema: TableSchema | undefined;
  readonly before: TableSchema | undefined;
}

/** Which of the source table's rows a sink table gets after it was altered. */
export type RowsToFollow = 'changed' | 'all';

/** Tables of the sink: whose they are, and how they are declared. */
export interface SinkTables {
  /** Everything that keeps these tables from being written, all at once. `existingRows` as in the task's options. */
  check(tables: readonly SinkTable[], existingRows: 'refuse' | 'replace'): Promise<Complaint[]>;

  /** Has the sink a snapshot of that name, which was made at the source? Then the two are one server. */
  hasSnapshot(name: string): Promise<boolean>;

  /** Makes these tables the task's own. Answers with those that another task owns: they stay its. Safe to repeat. */
  ownTables(names: readonly TableName[]): Promise<readonly TakenTable[]>;

  /** Lets other tasks own every table of this one but these. Safe to repeat. */
  keepTables(names: readonly TableName[]): Promise<void>;

  /**
   * Creates database and table when they are missing; SINK_TABLE_MISMATCH when an existing one cannot take the rows.
   * FENCED when a table is missing and a newer worker holds the fence: it may have dropped it. Several may be asked for
   * at a time, as may alterTable and planLoad.
   */
  createTable(table: SinkTable): Promise<void>;

  /** Is there a table of that name? */
  hasTable(table: SinkTable): Promise<boolean>;

  /**
   * The schema with those computed columns as plain ones that its table here does not compute, or will not once it is
   * made: their values are carried as any others. A column that its table here lacks is to come where the source has it
   * only since `before`.
   */
  carried(table: SinkTable, before?: TableSchema): Promise<TableSchema>;

  /** Parts of a source table's declaration that its table does not get here, in words. */
  omitted(schema: TableSchema): Promise<readonly string[]>;

  /**
   * Gives an existing table the columns and the key of the source table, before it gets the rows of a window; rows stay
   * where they are. Columns and indexes that the source table had `before` go; others that only the sink has stay;
   * SINK_TABLE_MISMATCH where they would refuse every row. Where all rows follow, values go that stand in the way of a column's new type.
   * Safe to repeat.
   */
  alterTable(table: SinkTable, before: TableSchema | undefined, rows: RowsToFollow): Promise<void>;

  /**
   * Ends what `alterTable` began, once the table has the rows of the window: what rows of before may not have fitted,
   * new indexes above all. Safe to repeat, by another worker too. Returns the names of new indexes that this sink cannot
   * have.
   */
  finishTable(table: SinkTable, before: TableSchema | undefined): Promise<readonly string[]>;

  /**
   * DDL, in the words of this sink, by which its table would follow its source table; none when it does already, as far
   * as can be seen. A table that was truncated or made anew with the same definition follows when its sink table is empty.
   */
  statementsFor(change: SchemaChange): Promise<readonly string[]>;

  /** Removes a table with its rows. Safe to repeat. */
  dropTable(name: TableName): Promise<void>;
}

/** Rows as they are now, to be compared with those of the source. */
export interface SinkRows {
  /**
   * The rows of a key range as they are now: the carried columns, in batches, in any order. Only where `keepsOrder`, these
   * are those of the source's range.
   */
  readRange(table: SinkTable, range: KeyRange): AsyncIterable<Rows>;

  /** Are keys in the source's order at the sink? It depends on the types of the sink table's columns. */
  keepsOrder(table: SinkTable): Promise<boolean>;

  /** As readRange: the rows that have the keys of these rows. */
  readKeys(table: SinkTable, rows: readonly Row[]): AsyncIterable<Rows>;

  /** Does this kind of server compute checksums as the source does? */
  readonly hasChecksums: boolean;

  /** As the source's; undefined where the table's columns are not of the source's types, or the server cannot tell. */
  checksum(table: SinkTable, range: KeyRange): Promise<RangeChecksum | undefined>;

  /**
   * Brings rows into the form in which they are compared: what comes out alike, byte for byte, is the same row, whether
   * the source or this sink printed it. Undefined when rows are compared as they are.
   */
  comparedForm(table: SinkTable): Promise<((row: Row) => Row) | undefined>;
}
