import type { Column, TableSchema } from '../../data/change.ts';
import type { TableName } from '../../task/task.ts';
import type { DriverError, Failure } from '../../wire/failure.ts';
import type { Literal } from '../../sql/literal.ts';
import type { LoadField } from './load-field.ts';
import type { ResultSet, Connection } from '../../wire/connection.ts';
import type { Setting, Variables } from '../../wire/session-settings.ts';
import type { ValueForm } from './value-form.ts';

/** A column as the sink has it. */
export interface SinkColumn {
  readonly name: string;
  /** Type with charset and collation, fit for another CREATE TABLE. */
  readonly type: string;
  readonly generated: boolean;
  readonly nullable: boolean;
  /** Refuses rows that do not name it: NOT NULL, and nothing that gives it a value. */
  readonly required: boolean;
  /** A geometry or a vector of MySQL. */
  readonly takesNoText?: boolean;
  /** JSON of MariaDB, whose type is that of a long text. */
  readonly takesJsonOnly?: boolean;
}

/** A column as it is declared in CREATE or ALTER TABLE. */
export interface ColumnLine {
  readonly name: string;
  readonly type: string;
  readonly line: string;
}

/** An index beside the primary key. */
export interface SinkIndex {
  readonly name: string;
  /** Tells whether two indexes of one name are the same. */
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
  /** What it demands of rows or of the server may be too much for a sink: it is then left out, and that is said. */
  readonly optional: boolean;
}

export interface SinkDescription {
  readonly columns: readonly SinkColumn[];
  /** Columns of the primary key. */
  readonly key: readonly string[];
  /** A column that the server has put before those of a table without a key, to be one: nobody else sees it. */
  readonly hiddenKey?: string | undefined;
  /** Columns of each unique key that takes no NULLs. */
  readonly uniqueKeys: readonly (readonly string[])[];
  readonly indexes: readonly FoundIndex[];
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
export const IDLE_TRANSACTION_SECONDS = 60;

/** Where no lock is held, a session waits for the source for as long as a worker lives. */
export const IDLE_CONNECTION_SECONDS = 900;

/** In what MatrixOne and MySQL or MariaDB differ as sinks. Pure, apart from what asks the given session. */
export interface Dialect {
  /** What every session has to be, for what is sent and answered to mean what it says. */
  readonly settings: readonly Setting[];
  /** Sets how long the server waits for the worker, within a statement and between two, before it gives it up. */
  idleLimit(seconds: number): string;
  /** Variables that tell the limits of the server. */
  readonly limitVariables: readonly string[];
  /** By the variables of a session that was just begun: MatrixOne holds it to the limits of that moment. */
  limits(variables: Variables): ServerLimits;
  classify(error: DriverError): Failure;
  /** Why this server cannot be the sink; undefined when it can. */
  unsuitable(version: string, allowUntestedVersion: boolean): string | undefined;
  /** Is there a snapshot of that name, of the session's account? */
  readonly hasSnapshot?: (connection: Connection, name: string) => Promise<boolean>;
  /** Why this server cannot have a table of these names, which it need not be asked for; undefined when it can. */
  unfitNames(name: TableName, schema: TableSchema): string | undefined;
  /** What about the names of a table may be why a server could not create it, and did not say so; undefined: nothing. */
  doubtfulNames(name: TableName): string | undefined;
  /** Why a table of these names, its own and its columns', must not be altered; undefined when it may. */
  unalterable(names: readonly string[]): string | undefined;
  /** What ends a CREATE TABLE of the bookkeeping tables. */
  readonly bookkeepingOptions: string;
  /** CREATE TABLE IF NOT EXISTS for the rows of this source table. */
  createTable(name: TableName, schema: TableSchema, version: string): string;
  /** A temporary table of that declaration, by which a server says whether it can have one; `name` is quoted. */
  trialTable?(name: string, schema: TableSchema, version: string): string;
  /** Does createTable have the server compute a column that the source computes? */
  computes(column: Column): boolean;
  /** What createTable would write for each column. Generated columns may be missing. */
  columnLines(schema: TableSchema, version: string): readonly ColumnLine[];
  /** What createTable would write for each index; `left` are those that this server cannot have. */
  indexLines(schema: TableSchema): { readonly lines: readonly IndexLine[]; readonly left: readonly string[] };
  /** Parts of the declaration that createTable leaves out, in words. */
  omitted(schema: TableSchema): readonly string[];
  /** ALTER TABLE clause that gives a column another name, and else makes it what the line says. */
  renameColumn(from: string, to: ColumnLine): string;
  /** Does a clause that renames a column leave its declaration, and go without any other statement beside it? */
  readonly renamesAlone: boolean;
  /** Does one ALTER TABLE take all that is to change? If not, each clause has a statement of its own. */
  readonly altersTogether: boolean;
  /** Does the server commit before DDL, so that this cannot be part of a transaction? */
  readonly commitsBeforeDdl: boolean;
  /** Does modifying a column's type look at unique indexes, of which it may make two values one? */
  readonly modifyChecksUnique: boolean;
  /** Can a column be modified from any type to any other, if only its values fit? */
  readonly modifiesAnyType: boolean;
  /**
   * Statements that give a column, which is not of the key, the type of its modification, and take its values away where
   * they might not fit. `done`: is all as declared then? If not, a declaration of NOT NULL has to wait for the rows.
   */
  emptyColumn(target: string, column: Modification): { readonly statements: readonly string[]; readonly done: boolean };
  /** What an existing sink table looks like; undefined when there is none. */
  describe(connection: Connection, name: TableName): Promise<SinkDescription | undefined>;
  /** LOAD DATA for these columns, in this order, without the format. */
  loadData(target: string, columns: readonly Column[]): { readonly head: string; readonly fields: string };
  /** Can LOAD DATA write every value of such a column? */
  loadable(column: Column): boolean;
  /** What LOAD DATA is to be given for the values of a column, where it would take them for others. */
  loadField(column: Column): LoadField | undefined;
  /** How values of a source column of this type are written for its sink column, of the usual type if none is given. */
  literalOf(type: string, sinkType?: string): Literal;
  /** … for the end of a key range. */
  rangeLiteralOf(type: string, sinkType?: string): Literal;
  /** Are values of a source column in the same order in a sink column of this type? Not where that is not known. */
  ordersAlike(type: string, sinkType: string): boolean;
  /** Does LOAD DATA tell of values that it has bent to fit a column? If not, columns must be of the source's types. */
  readonly loadReportsValues: boolean;
  /** What LOAD DATA did not take as it was: undefined when it took all. It must not be trusted to fail by itself. */
  loadComplaint(connection: Connection, result: ResultSet, rows: number): Promise<LoadComplaint | undefined>;
  /** The type that values of a column of this type, as it was described or declared, are staged in. */
  stagedType(type: string): string;
  /** What ends the CREATE of a staging table, and the column that gives it a key where the server demands one. */
  readonly staging: { readonly options: string; readonly key: string | undefined };
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

/** A column that gets another declaration. */
export interface Modification {
  readonly column: SinkColumn;
  readonly line: ColumnLine;
  readonly nullable: boolean;
  readonly inKey: boolean;
  /** May every value of the new declaration be written before it is declared? */
  readonly mayWait: boolean;
  /** Names of the sink table's indexes that it is in. */
  readonly indexes: readonly string[];
  /** Can what is lacking be seen in the table? */
  readonly visible: boolean;
}

/** What a server takes at most. */
export interface ServerLimits {
  /** Bytes of one statement, and of one packet of a LOAD DATA. */
  readonly packetBytes: number;
  /** Bytes of rows that one transaction may write; Infinity where the server says nothing of it. */
  readonly transactionBytes: number;
}
