import type { Column, TableSchema } from '../replication/change.ts';
import type { TableName } from '../task/task.ts';
import type { DriverError, Failure } from './failure.ts';
import type { ResultSet, Session } from './session.ts';
import type { ValueForm } from './value-form.ts';

/** A column as the sink has it. */
export interface SinkColumn {
  readonly name: string;
  /** Type with charset and collation, fit for another CREATE TABLE. */
  readonly type: string;
  readonly generated: boolean;
  /** Refuses rows that do not name it: NOT NULL, and nothing that gives it a value. */
  readonly required: boolean;
}

/** A column as it is declared in CREATE or ALTER TABLE. */
export interface ColumnLine {
  readonly name: string;
  readonly type: string;
  readonly line: string;
}

export interface SinkDescription {
  readonly columns: readonly SinkColumn[];
  /** Columns of the primary key. */
  readonly key: readonly string[];
}

/** Staged changes of one table; both tables are quoted already. */
export interface StagedTable {
  readonly stage: string;
  readonly target: string;
  readonly key: readonly string[];
}

/**
 * Ends the transaction of a frozen worker, in seconds: without it, it would hold its locks, the fence's among them, for
 * as long as the network keeps the connection.
 */
export const PATIENCE = 60;
/** Where no lock is held, a session waits for the source for as long as a worker lives. */
export const LONG_PATIENCE = 900;

/** In what MatrixOne and MySQL or MariaDB differ as sinks. Pure, apart from what asks the given session. */
export interface Dialect {
  /** Run once a connection. */
  readonly setup: readonly string[];
  /** Sets how long the server waits for the worker, within a statement and between two, before it gives it up. */
  patience(seconds: number): string;
  classify(error: DriverError): Failure;
  /** Why this server cannot be the sink; undefined when it can. */
  unsuitable(version: string): string | undefined;
  /** What ends a CREATE TABLE of the bookkeeping tables. */
  readonly bookkeepingOptions: string;
  /** CREATE TABLE IF NOT EXISTS for the rows of this source table. */
  createTable(name: TableName, schema: TableSchema, version: string): string;
  /** What createTable would write for each column. Generated columns may be missing. */
  columnLines(schema: TableSchema, version: string): readonly ColumnLine[];
  /** What an existing sink table looks like; undefined when there is none. */
  describe(session: Session, name: TableName): Promise<SinkDescription | undefined>;
  /** LOAD DATA for these columns, in this order, without the format. */
  loadData(target: string, columns: readonly Column[]): { readonly head: string; readonly fields: string };
  /** Can LOAD DATA write every value of such a column? */
  loadable(column: Column): boolean;
  /** Does LOAD DATA strip the quotes of a JSON text, which spaces around it prevent? */
  readonly loadTrimsJson: boolean;
  /** Does LOAD DATA tell of values that it has bent to fit a column? If not, columns must be of the source's types. */
  readonly loadReportsValues: boolean;
  /** What LOAD DATA did not take as it was: undefined when it took all. It must not be trusted to fail by itself. */
  loadComplaint(session: Session, result: ResultSet, rows: number): Promise<LoadComplaint | undefined>;
  deleteStaged(table: StagedTable): string;
  /** Does the server compute checksums of rows as the source does? */
  readonly hasChecksums: boolean;
  /** How a column, whose name is quoted already, is selected so that nothing of its values is lost. */
  selectedValue(name: string, sinkType: string): string;
  /** The form in which values of a source column and of its sink column are compared; undefined: as they are. */
  valueForm(column: Column, sinkType: string): ValueForm;
}

export interface LoadComplaint {
  readonly failure: 'duplicate-key' | 'value-rejected';
  readonly text: string;
}
