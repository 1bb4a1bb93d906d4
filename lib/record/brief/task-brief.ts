import { omit } from '../../omit.ts';
import type { Progress } from '../progress.ts';
import type { TaskFacts, TaskRecord } from '../task-record.ts';
import { nameOf, tablePlacer } from '../../task/table-selection.ts';
import {
  tableEntriesOf,
  type TableKey,
  tableKey,
  tableKeysOf,
  type TableMapping,
  type TaskSpec,
} from '../../task/task.ts';
import { rowsLeft, rowsLeftOf } from './rows-left.ts';
import { TABLE_FACTS, tableFact, type TableFact } from './table-fact.ts';

/**
 * What the schedule and lists need of a task. It is small however many tables the task has, so that a stage of many large
 * tasks can be looked through every minute.
 */
export interface TaskBrief extends TaskFacts {
  readonly counts: TaskCounts;
}

/** Counts in place of everything that grows with the number of tables. */
export interface TaskCounts {
  /** Tables that the declaration names; 0 if the worker finds them. */
  readonly named: number;
  /** The only source database that the declaration names; undefined if it names several or none. */
  readonly database?: string | undefined;
  /** The tables that `show` shows, by what the progress says of them. */
  readonly tables: Readonly<Record<TableFact, number>>;
  readonly leftOut: number;
  readonly simplified: number;
  readonly compared: number;
  readonly dropped: number;
  /** Since when tables are set aside, in milliseconds since 1970, by source table. Hardly any task has more than a few. */
  readonly aside: Readonly<Record<TableKey, number>>;
  /** Rows still to load, as far as they were counted, and in all: null when nobody knows. */
  readonly rowsLeft: number;
  readonly rowsToLoad: number | null;
}

type Counted = Pick<Progress, 'tables' | 'missing' | 'aside' | 'leftOut' | 'simplified' | 'compared' | 'dropped'>;
type Declared = Pick<TaskSpec, 'level' | 'tables' | 'databases'>;

export function briefOf(record: TaskRecord): TaskBrief {
  const { spec, progress } = record;
  const { tables, missing, aside, leftOut, simplified, compared, dropped, check, ...reached } = progress;
  return {
    ...omit(record, 'before', 'spec', 'progress'),
    spec: omit(spec, 'tables', 'databases', 'exclude'),
    progress: { ...reached, check: check && { number: check.number, finishedAt: check.finishedAt } },
    counts: countsOf(spec, { tables, missing, aside, leftOut, simplified, compared, dropped }),
  };
}

export function countsOf(spec: Declared, progress: Counted): TaskCounts {
  const { tables, aside, leftOut, simplified, compared, dropped } = progress;
  const keys = shownTables(spec, progress).map(({ source }) => tableKey(source));
  const facts = Object.fromEntries(TABLE_FACTS.map((fact) => [fact, 0])) as Record<TableFact, number>;
  for (const key of keys) facts[tableFact(key, progress)] += 1;
  const isIn = (key: TableKey): boolean => !Object.hasOwn(aside, key);
  const left = tableEntriesOf(tables).map(([key, table]) => (isIn(key) ? (rowsLeft(table) ?? 0) : 0));
  return {
    named: spec.level === 'table' ? spec.tables.length : 0,
    database: onlyDatabase(spec),
    tables: facts,
    ...{ leftOut: leftOut.count, simplified: simplified.count, compared: compared.count, dropped: dropped.count },
    aside: Object.fromEntries(tableEntriesOf(aside).map(([key, { at }]) => [key, at])),
    rowsLeft: left.reduce((sum, rows) => sum + rows, 0),
    // A table that is set aside does not belong to the load.
    rowsToLoad: rowsLeftOf(progress, keys.filter(isIn)),
  };
}

/** The tables as the user named them, or as the worker found them. */
export function shownTables(spec: Declared, { tables }: Pick<Progress, 'tables'>): readonly TableMapping[] {
  if (spec.level === 'table') return spec.tables;
  const place = tablePlacer(spec);
  return tableKeysOf(tables).flatMap((key) => place(nameOf(key)) ?? []);
}

function onlyDatabase({ level, tables, databases }: Declared): string | undefined {
  const all = level === 'table' ? tables.map(({ source }) => source.database) : databases.map(({ source }) => source);
  const [database, ...others] = new Set(all);
  return others.length === 0 ? database : undefined;
}
