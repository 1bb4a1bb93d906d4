import type { RowHash } from '../../data/buckets.ts';
import type { Column, TableSchema } from '../../data/change.ts';
import type { TableName } from '../../task/task.ts';
import type { DriverError, Failure } from '../../wire/failure.ts';
import type { RowHashing } from '../../sql/range-checksum.ts';
import type { Literal } from '../../sql/literal.ts';
import type { ResultSet, Connection } from '../../wire/connection.ts';
import type { Setting, Variables } from '../../wire/session-settings.ts';
import type { ValueForm } from './value-form.ts';

/** A column as the sink describes it. */
export interface SinkColumn {
  readonly name: string;
  /** Type with charset and collation, as CREATE TABLE takes it. */
  readonly type: string;
  readonly generated: boolean;
  readonly nullable: boolean;
  /** Does the column refuse rows that do not name it? It is NOT NULL then, and the server has no value for it. */
  readonly required: boolean;
  /** True for a geometry, and for a vector of MySQL. */
  readonly takesNoText?: boolean;
  /** True for JSON of MariaDB, which describes its type as long text. */
  readonly takesJsonOnly?: boolean;
}

/** A column as it is declared in CREATE or ALTER TABLE. */
export interface ColumnLine {
  readonly name: string;
  readonly type: string;
  readonly line: string;
}

/** An index other than the primary key. */
export interface SinkIndex {
  readonly name: string;
  /** Equal if two indexes of the same name are the same. */
  readonly signature: string;
}

/** An index of a sink table. */
export interface FoundIndex extends SinkIndex {
  readonly columns: readonly string[];
  readonly unique?: boolean;
}

/** An index as it is declared in CREATE or ALTER TABLE. */
export interface IndexLine extends SinkIndex {
  readonly line: string;
  /** The sink may be unable to keep it, because of the rows or the server. If so, it is left out and reported. */
  readonly optional: boolean;
}

export interface SinkDescription {
  readonly columns: readonly SinkColumn[];
  /** Columns of the primary key. */
  readonly key: readonly string[];
  /** The invisible key column that the server has put first in a table without a key. */
  readonly hiddenKey?: string | undefined;
  /** Columns of each unique key whose columns are all NOT NULL. */
  readonly uniqueKeys: readonly (readonly string[])[];
  readonly indexes: readonly FoundIndex[];
}

/** The staged changes of one table. Both table names are quoted already. */
export interface StagedTable {
  readonly stage: string;
  readonly target: string;
  readonly key: readonly string[];
}

/**
 * After this time the server ends the transaction of a frozen worker. Otherwise the worker would hold its locks, the
 * fence's among them, for as long as the network keeps the connection.
 */
export const IDLE_TRANSACTION_SECONDS = 60;

/** A connection without locks may wait for the source for as long as a worker lives. */
export const IDLE_CONNECTION_SECONDS = 900;

/** How MatrixOne, MySQL and MariaDB differ as sinks. Pure, apart from the methods that are given a connection. */
export interface Dialect {
  /** Settings that every session needs, so that statements and answers mean what we take them to mean. */
  readonly settings: readonly Setting[];
  /**
   * The statement that sets how long the server waits for us, within a statement and between two, before it hangs up.
   */
  idleLimit(seconds: number): string;
  /** Names of variables that tell the server's limits. */
  readonly limitVariables: readonly string[];
  /**
   * Takes the variables of a session that has just begun: MatrixOne keeps a session's limits as they were at its begin.
   */
  limits(variables: Variables): ServerLimits;
  classify(error: DriverError): Failure;
  /** Why this server cannot be the sink; undefined when it can. */
  unsuitable(version: string, allowUntestedVersion: boolean): string | undefined;
  /** Does the account of this connection have a snapshot of this name? */
  readonly hasSnapshot?: (connection: Connection, name: string) => Promise<boolean>;
  /** Why this server cannot have a table with these names, found without asking it; undefined if it can. */
  unfitNames(name: TableName, schema: TableSchema): string | undefined;
  /**
   * The part of the table's names that may have kept the server from creating it, without a clear error; undefined if
   * none.
   */
  doubtfulNames(name: TableName): string | undefined;
  /** Why a table must not be altered if it or its columns have these names; undefined if it may. */
  unalterable(names: readonly string[]): string | undefined;
  /** The end of CREATE TABLE for the bookkeeping tables. */
  readonly bookkeepingOptions: string;
  /** CREATE TABLE IF NOT EXISTS for the rows of this source table. */
  createTable(name: TableName, schema: TableSchema, version: string): string;
  /**
   * CREATE for a temporary table of this declaration: the server's answer says if it can have one. `name` is quoted.
   */
  trialTable?(name: string, schema: TableSchema, version: string): string;
  /** Does the table that createTable writes compute this column, as the source does? */
  computes(column: Column): boolean;
  /** The declaration that createTable writes for each column. Generated columns may be missing. */
  columnLines(schema: TableSchema, version: string): readonly ColumnLine[];
  /** The declaration that createTable writes for each index; `left`: names of indexes that this server cannot have. */
  indexLines(schema: TableSchema): { readonly lines: readonly IndexLine[]; readonly left: readonly string[] };
  /** The parts of the declaration that createTable leaves out, in words. */
  omitted(schema: TableSchema): readonly string[];
  /** The ALTER TABLE clause that renames a column. Unless `renamesAlone`, the clause also gives it the declaration. */
  renameColumn(from: string, to: ColumnLine): string;
  /** Does a rename clause keep the column's declaration, and need a statement of its own? */
  readonly renamesAlone: boolean;
  /** Does one ALTER TABLE take all clauses? If not, each clause gets a statement of its own. */
  readonly altersTogether: boolean;
  /** Does the server commit before DDL? If so, DDL cannot be part of a transaction. */
  readonly commitsBeforeDdl: boolean;
  /** Does a DELETE without a condition take no longer for a large table than for a small one? */
  readonly emptiesAtOnce: boolean;
  /** Does the server check unique indexes when a column's type is modified? The new type may make two values equal. */
  readonly modifyChecksUnique: boolean;
  /** Can the server modify a column from any type to any other, provided that its values fit? */
  readonly modifiesAnyType: boolean;
  /**
   * Statements that give a column outside the key its new type, and remove values that might not fit. `done`: is the
   * column as declared after them? If not, its NOT NULL has to wait for the rows.
   */
  emptyColumn(target: string, column: Modification): { readonly statements: readonly string[]; readonly done: boolean };
  /** Describes an existing sink table; undefined if there is none. */
  describe(connection: Connection, name: TableName): Promise<SinkDescription | undefined>;
  /** The parts of LOAD DATA for these columns, in this order, before and after the format. */
  loadData(target: string, columns: readonly Column[]): { readonly head: string; readonly fields: string };
  /** Can LOAD DATA write every value of this column? */
  loadable(column: Column): boolean;
  /** Converts the values of a column that LOAD DATA would misread; undefined if it reads them as they are. */
  loadField(column: Column): LoadField | undefined;
  /**
   * Writes values of a source column of this type as literals for a sink column; `sinkType` defaults to the usual type.
   */
  literalOf(type: string, sinkType?: string): Literal;
  /** As `literalOf`, for the ends of key ranges. */
  rangeLiteralOf(type: string, sinkType?: string): Literal;
  /** Does a sink column of this type order values as the source column does? False if that is not known. */
  ordersAlike(type: string, sinkType: string): boolean;
  /**
   * Does LOAD DATA report values that it has changed to fit a column? If not, columns must have the source's types.
   */
  readonly loadReportsValues: boolean;
  /**
   * The rows or values that LOAD DATA did not take unchanged; undefined if it took all. LOAD DATA may report success
   * anyway.
   */
  loadComplaint(connection: Connection, result: ResultSet, rows: number): Promise<LoadComplaint | undefined>;
  /** The type of the staging column for a column of this type, which is as described or as declared. */
  stagedType(type: string): string;
  /** `options`: the end of the CREATE for a staging table. `key`: a key column, for a server that demands a key. */
  readonly staging: { readonly options: string; readonly key: string | undefined };
  deleteStaged(table: StagedTable): string;
  /** How the server hashes rows so that a source can do the same; undefined if it does not. */
  readonly rowHash: RowHash | undefined;
  /**
   * Hashes rows so that the sums can be compared with the source's. `sinkTypeOf`: the type of the sink's column. Undefined if
   * the sink's columns do not hold values as the source does.
   */
  hashing(schema: TableSchema, sinkTypeOf: (column: Column) => string): RowHashing | undefined;
  /** The expression that selects a column without loss. `name` is quoted already. */
  selectedValue(name: string, sinkType: string): string;
  /**
   * Converts values to the form in which source and sink are compared; undefined if values are compared as they are.
   */
  valueForm(column: Column, sinkType: string): ValueForm;
}

export interface LoadComplaint {
  readonly failure: 'duplicate-key' | 'value-rejected';
  readonly text: string;
}

/** A column that gets another declaration. */
export interface Modification {
  readonly column: SinkColumn;
  readonly line: ColumnLine;
  readonly nullable: boolean;
  readonly inKey: boolean;
  /** Can the column hold every new value before it is modified? */
  readonly mayWait: boolean;
  /** Names of the sink table's indexes that contain the column. */
  readonly indexes: readonly string[];
  /** Can the difference be seen in the table? */
  readonly visible: boolean;
}

/** The largest sizes that a server takes. */
export interface ServerLimits {
  /** Bytes of one statement, and of one packet of a LOAD DATA. */
  readonly packetBytes: number;
  /** Bytes of rows that one transaction may write; Infinity if the server names no limit. */
  readonly transactionBytes: number;
}

/** Converts a value to the bytes that LOAD DATA is given for it. */
export type LoadField = (value: Buffer) => Buffer;
