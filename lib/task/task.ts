/** A table by the name its server knows it by. */
export interface TableName {
  readonly database: string;
  readonly table: string;
}

export interface TableMapping {
  readonly source: TableName;
  readonly sink: TableName;
}

export interface DatabaseMapping {
  readonly source: string;
  readonly sink: string;
}

/** What a task copies: named tables, all tables of named databases, or those of every database. */
export const LEVELS = ['account', 'database', 'table'] as const;
export type Level = (typeof LEVELS)[number];

export const SINK_TYPES = ['matrixone', 'mysql'] as const;
export type SinkType = (typeof SINK_TYPES)[number];

export const CHANGE_READERS = ['auto', 'diff', 'compare'] as const;

export const HISTORIES = ['auto', 'snapshots', 'pitr'] as const;

export interface TaskOptions {
  /** Longest time between two looks at the source, in milliseconds; in mode `tick` between two windows. */
  readonly pollIntervalMs: number;
  /** `continuous`: loop until the worker's deadline. `tick`: one window per scheduled run, or less often. */
  readonly mode: 'continuous' | 'tick';
  /** What the load does with rows that the sink table already has. */
  readonly existingRows: 'refuse' | 'replace';
  /** What becomes of a sink table whose source table was dropped or renamed. */
  readonly droppedTables: 'keep' | 'drop';
  /**
   * When a source table is altered, truncated, dropped or made anew: `follow` brings the sink table into step with it,
   * `stop` fails the task.
   */
  readonly schemaChange: 'follow' | 'stop';
  /**
   * How changes are found: by `data branch diff`, by comparing two snapshots, or (`auto`) by the first where the server
   * has it and a table's key allows it, and else by the second.
   */
  readonly changeReader: (typeof CHANGE_READERS)[number];
  /**
   * What holds the history that the task needs at the source: snapshots of its own, a PITR that covers its tables, or
   * (`auto`) snapshots, and the PITR where the account may not have more of them.
   */
  readonly history: (typeof HISTORIES)[number];
  /** A table without any key is refused, or replaced as a whole whenever it has changed. */
  readonly withoutKey: 'refuse' | 'replace';
  /** Rows in one chunk of the load. */
  readonly chunkRows: number;
  /** … or fewer, where these are so many bytes. */
  readonly chunkBytes: number;
  /** Workers that load at once, the task's own among them; further ones are started for large loads alone. */
  readonly loadWorkers: number;
  /** A window up to this many changed rows is applied in one sink transaction. */
  readonly transactionRows: number;
  /** … and up to this many bytes. */
  readonly transactionBytes: number;
  /** No first copy: changes are applied from the task's start on, to sink tables that stay as they are. */
  readonly noFull: boolean;
  /** ISO 8601: no first copy either, and changes are applied from this moment of the past on. */
  readonly startTs: string | null;
  /** ISO 8601: the task is finished once the sink holds everything up to this moment, or a little later. */
  readonly endTs: string | null;
  /** A statement at the sink that takes longer is given up and tried again; null: as long as the worker runs. */
  readonly sendSqlTimeoutMs: number | null;
  /** INSERT and DELETE statements are this many bytes long at most, or a single row. */
  readonly maxSqlLength: number;
  /** An error of one table: `stop` fails the task, `ignore` sets the table aside and goes on with the others. */
  readonly tableErrors: 'stop' | 'ignore';
  /** Versions of MatrixOne that the product was not tried on are refused unless this is set. */
  readonly allowUntestedVersion: boolean;
}

export const DEFAULT_OPTIONS: TaskOptions = {
  pollIntervalMs: 200,
  mode: 'continuous',
  existingRows: 'refuse',
  droppedTables: 'keep',
  schemaChange: 'follow',
  changeReader: 'auto',
  history: 'auto',
  withoutKey: 'refuse',
  chunkRows: 100_000,
  chunkBytes: 64 * 1024 * 1024,
  loadWorkers: 4,
  transactionRows: 1_000_000,
  transactionBytes: 512 * 1024 * 1024,
  noFull: false,
  startTs: null,
  endTs: null,
  sendSqlTimeoutMs: null,
  maxSqlLength: 1_000_000,
  tableErrors: 'stop',
  allowUntestedVersion: false,
};

/** Is there no first copy, so that what the sink has is what changes are applied to? */
export const isWithoutCopy = ({ noFull, startTs }: Pick<TaskOptions, 'noFull' | 'startTs'>): boolean =>
  noFull || startTs !== null;

/** What a user declares. URIs hold passwords: they are never printed as they are. */
export interface TaskSpec {
  readonly name: string;
  readonly sourceUri: string;
  readonly sinkType: SinkType;
  readonly sinkUri: string;
  readonly level: Level;
  /** At level table; empty otherwise. */
  readonly tables: readonly TableMapping[];
  /** At level database; empty otherwise. */
  readonly databases: readonly DatabaseMapping[];
  /** Regular expressions: a table whose `database.table` one of them matches is left alone. Not at level table. */
  readonly exclude: readonly string[];
  readonly options: TaskOptions;
}

/** What a task copies, within its level: the part of the declaration that decides which tables are its own. */
export type Selection = Pick<TaskSpec, 'tables' | 'databases' | 'exclude'>;

export const selectionOf = ({ tables, databases, exclude }: Selection): Selection => ({ tables, databases, exclude });

/** `database.table`; mapping refuses names with a dot, so this is unambiguous. */
export const tableKey = (name: TableName): string => `${name.database}.${name.table}`;

/** A table that goes to another sink table from now on is another one: nothing of it is there yet. */
export const mappingKey = ({ source, sink }: TableMapping): string => `${tableKey(source)}:${tableKey(sink)}`;
