import { excluder } from './exclude.ts';
import { isSystem } from './table-mapping.ts';
import { type TableMapping, type TableName, tableKey, type TaskSpec, type TableKey } from './task.ts';

/** A database with all of its tables. */
export interface DatabaseName {
  readonly database: string;
  readonly table?: undefined;
}

/** The part of the source that a task looks at: tables, whole databases, or everything in the account. */
export type Area = readonly (TableName | DatabaseName)[] | 'account';

export function areaOf({ level, tables, databases }: TaskSpec): Area {
  if (level === 'table') return tables.map((mapping) => mapping.source);
  return level === 'account' ? 'account' : databases.map(({ source }) => ({ database: source }));
}

/** Maps a source table to its sink table; undefined if the task leaves the table alone. */
export type TableSelector = (name: TableName) => TableMapping | undefined;

/** The selector for the levels at which the worker finds the tables itself. */
export function tableSelector(spec: Pick<TaskSpec, 'level' | 'databases' | 'exclude'>): TableSelector {
  const isExcluded = excluder(spec.exclude);
  const place = tablePlacer(spec);
  return (source) => (isExcluded(tableKey(source)) ? undefined : place(source));
}

/** The same for tables that are known not to be excluded, so that no pattern is matched. */
export function tablePlacer(spec: Pick<TaskSpec, 'level' | 'databases'>): TableSelector {
  const sinks = new Map(spec.databases.map(({ source, sink }) => [source.toLowerCase(), sink]));
  const sinkOf = (database: string): string | undefined =>
    spec.level === 'account' ? database : sinks.get(database.toLowerCase());
  return (source) => {
    const database = sinkOf(source.database);
    if (database === undefined || isSystem(source.database) || isSystem(database)) return undefined;
    return { source, sink: { database, table: source.table } };
  };
}

/** A name from its `database.table`. No database has a dot in its name here. */
export function nameOf(key: TableKey): TableName {
  const dot = key.indexOf('.');
  return { database: key.slice(0, dot), table: key.slice(dot + 1) };
}
