import { excluder } from './exclude.ts';
import { isSystem } from './table-mapping.ts';
import { type TableMapping, type TableName, tableKey, type TaskSpec } from './task.ts';

/** A database with all of its tables. */
export interface DatabaseName {
  readonly database: string;
  readonly table?: undefined;
}

/** What a task looks at in its source: tables, whole databases, or everything that the account has. */
export type Area = readonly (TableName | DatabaseName)[] | 'account';

export function areaOf({ level, tables, databases }: TaskSpec): Area {
  if (level === 'table') return tables.map((mapping) => mapping.source);
  return level === 'account' ? 'account' : databases.map(({ source }) => ({ database: source }));
}

/** Where a table of the source goes to; undefined when the task leaves it alone. */
export type TableSelector = (name: TableName) => TableMapping | undefined;

/** For the levels that find their tables by themselves. */
export function tableSelector(spec: Pick<TaskSpec, 'level' | 'databases' | 'exclude'>): TableSelector {
  const isExcluded = excluder(spec.exclude);
  const place = tablePlacer(spec);
  return (source) => (isExcluded(tableKey(source)) ? undefined : place(source));
}

/** The same of a table that is known not to be excluded: there is nothing to be matched. */
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

/** A name from its `database.table`: databases have no dot here. */
export function nameOf(key: string): TableName {
  const dot = key.indexOf('.');
  return { database: key.slice(0, dot), table: key.slice(dot + 1) };
}
