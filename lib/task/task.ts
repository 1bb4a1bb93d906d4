import type { TaskOptions } from './options.ts';

export { DEFAULT_OPTIONS, type TaskOptions } from './options.ts';

/** A table, by the name that its server has for it. */
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

/** The extent of a task: the named tables, all tables of the named databases, or all tables of every database. */
export const LEVELS = ['account', 'database', 'table'] as const;
export type Level = (typeof LEVELS)[number];

export const SINK_TYPES = ['matrixone', 'mysql'] as const;
export type SinkType = (typeof SINK_TYPES)[number];

/** Does the task skip the load? Then changes are applied to what the sink already has. */
export const isWithoutCopy = ({ noFull, startTs }: Pick<TaskOptions, 'noFull' | 'startTs'>): boolean =>
  noFull || startTs !== null;

/** Does the task begin by comparing the sink tables with the source, instead of copying? */
export const comparesFirst = (options: Pick<TaskOptions, 'noFull' | 'startTs' | 'existingRows'>): boolean =>
  options.existingRows === 'compare' && !isWithoutCopy(options);

/** The declaration of a task. Its URIs may hold passwords: never print them unmasked. */
export interface TaskSpec {
  readonly name: string;
  readonly sourceUri: string;
  readonly sinkType: SinkType;
  readonly sinkUri: string;
  readonly level: Level;
  /** Set at level table; empty otherwise. */
  readonly tables: readonly TableMapping[];
  /** Set at level database; empty otherwise. */
  readonly databases: readonly DatabaseMapping[];
  /**
   * Regular expressions. The task leaves a table alone if one of them matches its `database.table`. Empty at level
   * table.
   */
  readonly exclude: readonly string[];
  readonly options: TaskOptions;
}

/** The part of the declaration that decides, within the level, which tables the task copies. */
export type Selection = Pick<TaskSpec, 'tables' | 'databases' | 'exclude'>;

export const selectionOf = ({ tables, databases, exclude }: Selection): Selection => ({ tables, databases, exclude });

declare const TABLE_KEY: unique symbol;

/** `database.table`. Mapping refuses names with a dot, so no two tables have the same key. */
export type TableKey = string & { readonly [TABLE_KEY]: true };

export const tableKey = (name: TableName): TableKey => `${name.database}.${name.table}` as TableKey;

/**
 * The key in a text that is not checked: where records, the task's own tables at the sink, and requests are read. What a
 * request names is compared with the tables of the task.
 */
export const readTableKey = (text: string): TableKey => text as TableKey;

export const tableKeysOf = <T>(byTable: Readonly<Record<TableKey, T>>): TableKey[] =>
  Object.keys(byTable) as TableKey[];

export const tableEntriesOf = <T>(byTable: Readonly<Record<TableKey, T>>): [TableKey, T][] =>
  Object.entries(byTable) as [TableKey, T][];

/**
 * Identifies a source table together with its sink table. If the sink table changes, the key changes: the new sink
 * table has no rows yet.
 */
export const mappingKey = ({ source, sink }: TableMapping): string => `${tableKey(source)}:${tableKey(sink)}`;
