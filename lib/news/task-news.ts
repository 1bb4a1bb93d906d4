import type { ErrorCode } from '../error-codes.ts';
import { tableKey, type TableKey, tableKeysOf, tableEntriesOf } from '../task/task.ts';
import type { TaskBrief } from '../record/brief/task-brief.ts';
import type { TaskFacts, TaskRecord } from '../record/task-record.ts';
import { taskState } from '../record/task-state.ts';
import { STATE_TRAITS, TOLD_STATES, type ToldState } from '../task/state-traits.ts';

/** What can be told: a state that the task has got into, or something else that has happened to it. */
export type NewsKind = 'created' | ToldState | 'loaded' | 'setAside' | 'broughtBack' | 'dropped';

/** What others have been told of a task. */
export interface Told {
  readonly name: string;
  readonly state: ToldState;
  /** The generation whose load is told to be complete; 0 if none is. */
  readonly loaded: number;
  /** Since when tables are told to be set aside, in milliseconds since 1970, by source table (`db.table`). */
  readonly aside: Readonly<Record<TableKey, number>>;
}

/** One thing to tell. `at`: when it was noticed, in milliseconds since 1970. */
export interface News {
  readonly kind: NewsKind;
  readonly at: number;
  /** The state of the task then; undefined if the task is gone. */
  readonly state?: ToldState | undefined;
  readonly table?: TableKey | undefined;
  readonly error?: { readonly code: ErrorCode; readonly action: string } | undefined;
}

/** A task that is older than this when it is first seen was there before anybody was to be told. Milliseconds. */
const NEW_MS = 3_600_000;

/** What a look at a task has found. `isChanged`: what is stored as told is to be replaced, with or without news. */
export interface Look {
  readonly told: Told;
  readonly news: readonly News[];
  readonly isChanged: boolean;
}

/** What is to be told of the task now. `before`: what was told last; undefined if nothing was. */
export function newsOf(before: Told | undefined, record: TaskRecord, now: number): Look {
  const start = before ?? startOf(record);
  const told = tellable(record, timesOf(record), start, now);
  if (before !== undefined && isSame(before, told)) return { told, news: [], isChanged: false };
  if (before === undefined && now - record.createdAt > NEW_MS) return { told, news: [], isChanged: true };
  const { state } = told;
  const news: News[] = before === undefined ? [{ kind: 'created', at: now, state }] : [];
  if (state !== start.state) news.push({ kind: state, at: now, state, ...errorOf(record, state) });
  if (told.loaded > start.loaded) news.push({ kind: 'loaded', at: now, state });
  return { told, news: [...news, ...newsOfTables(start, told, record, now)], isChanged: true };
}

/** Is what was told of this task still so? */
export const isTold = (told: Told, task: TaskBrief, now: number): boolean =>
  isSame(told, tellable(task, task.counts.aside, told, now));

const timesOf = ({ progress }: TaskRecord): Told['aside'] =>
  Object.fromEntries(tableEntriesOf(progress.aside).map(([table, { at }]) => [table, at]));

const isSame = (a: Told, b: Told): boolean =>
  a.state === b.state &&
  a.loaded === b.loaded &&
  Object.keys(a.aside).length === Object.keys(b.aside).length &&
  tableEntriesOf(a.aside).every(([table, at]) => b.aside[table] === at);

const startOf = ({ spec: { name } }: TaskRecord): Told => ({ name, state: 'running', loaded: 0, aside: {} });

function tellable(task: TaskFacts, aside: Told['aside'], before: Told, now: number): Told {
  const { generation, progress, spec } = task;
  const { phase } = progress;
  const isPast = progress.generation === generation && phase !== 'new' && phase !== 'load';
  // A task that compares instead of copying has no checkpoint before its first window is complete. Nor has one that is
  // being repaired, but its load was told before.
  const isComparing = progress.checkpoint === undefined && progress.pending !== undefined;
  const isLoaded = isPast && (!isComparing || before.loaded === generation);
  return { name: spec.name, state: toldState(task, before.state, now), loaded: isLoaded ? generation : 0, aside };
}

/** A task that pauses or is being dropped has the state of before until it is paused or gone. */
function toldState(record: TaskFacts, before: ToldState, now: number): ToldState {
  const state = taskState(record, now);
  if (state === 'retrying') return 'running';
  return TOLD_STATES.find((told) => told === state) ?? before;
}

const errorOf = ({ error }: TaskRecord, state: ToldState): Pick<News, 'error'> =>
  error === undefined || !STATE_TRAITS[state].needsHelp ? {} : { error: { code: error.code, action: error.action } };

function newsOfTables(before: Told, { aside, state }: Told, record: TaskRecord, now: number): News[] {
  const added = tableEntriesOf(record.progress.aside).filter(([table, { at }]) => before.aside[table] !== at);
  const back = tableKeysOf(before.aside).filter((table) => !Object.hasOwn(aside, table) && hasTable(record, table));
  return [
    ...added.map(([table, { code, action }]): News => ({
      kind: 'setAside',
      at: now,
      state,
      table,
      error: { code, action },
    })),
    ...back.map((table): News => ({ kind: 'broughtBack', at: now, state, table })),
  ];
}

/** A table that has left the source or the task is not back. */
function hasTable({ spec, progress }: TaskRecord, table: TableKey): boolean {
  if (progress.missing.includes(table)) return false;
  if (spec.level === 'table') return spec.tables.some(({ source }) => tableKey(source) === table);
  return Object.hasOwn(progress.tables, table);
}
