import type { TaskOptions } from './options.ts';

export { DEFAULT_OPTIONS, type TaskOptions } from './options.ts';

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
