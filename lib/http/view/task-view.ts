import { checkpointInterval, shownLag } from '../../record/lag.ts';
import { paceOf } from '../../record/pace.ts';
import { type ComparisonProgress, type PendingWindow, positionMillis, type Position } from '../../data/position.ts';
import { estimateLoad, type LoadEstimate } from '../../record/shown/load-estimate.ts';
import { leftoversAt } from '../../record/leftovers.ts';
import { type AsideTable, newProgress, type Progress } from '../../record/progress.ts';
import type { TableNotes } from '../../record/table-notes.ts';
import { maskAcceptedUri } from '../../task/uri/database-uri.ts';
import type { TaskError, TaskRecord } from '../../record/task-record.ts';
import { stalledSince } from '../../record/stall.ts';
import { STATE_TRAITS, type TaskState } from '../../task/state-traits.ts';
import { leaseHeld, taskState } from '../../record/task-state.ts';
import { nameOf, tablePlacer } from '../../task/table-selection.ts';
import { type TableMapping, tableKey, type TaskSpec, tableKeysOf } from '../../task/task.ts';
import { checkView } from './check-view.ts';
import { adviceFor } from './advice.ts';
import { historyView } from './history-view.ts';
import { tablePhase } from './table-phase.ts';
import type { TaskView } from './task-view-schema.ts';

/** Answers to questions that the owner of a new task may have. */
const NOTES = [
  'The task keeps the history it needs by snapshots of its own, also while it is paused. A PITR is needed only if the account may not have more snapshots: then a PITR that covers the tables takes their place.',
];

export const createdTaskView = (record: TaskRecord, now: number): TaskView & { notes: readonly string[] } => ({
  ...taskView(record, now),
  notes: NOTES,
});

/** The task, with notes on what a forced drop may leave behind when source or sink do not answer. */
export const forcedDropView = (record: TaskRecord, now: number): TaskView & { notes: readonly string[] } => ({
  ...taskView(record, now),
  notes: (['source', 'sink'] as const).map(
    (end) => `If the ${end} cannot be reached, this stays: ${leftoversAt(end, record.id)}.`,
  ),
});

/** The task as the API shows it, without passwords. */
export function taskView(record: TaskRecord, now: number): TaskView {
  const { id, spec, desired, generation, epoch, error } = record;
  const progress = currentProgress(record);
  const state = taskState(record, now);
  const stalled = state === 'stalled' ? stalledSince(record, now) : undefined;
  const tables = mappings(spec, progress);
  const load = loadEstimate(progress, tables, state, now);
  const reached = progressView(record, progress, state, now);
  return {
    id,
    name: spec.name,
    state,
    stalledSince: stalled === undefined ? null : iso(stalled),
    runningSince: iso(record.runningSince),
    desired,
    sourceUri: maskAcceptedUri(spec.sourceUri),
    sinkType: spec.sinkType,
    sinkUri: maskAcceptedUri(spec.sinkUri),
    level: spec.level,
    databases: [...spec.databases],
    exclude: [...spec.exclude],
    tables: tables.map((mapping) => tableView(mapping, progress, load, reached.lagMs)),
    leftOut: notesView(progress.leftOut),
    simplified: notesView(progress.simplified),
    compared: notesView(progress.compared),
    dropped: notesView(progress.dropped),
    ...reached,
    timeLeftMs: load.task,
    ...historyView(record, now),
    advice: adviceFor(record),
    check: checkView(record, now),
    error: error === undefined ? null : errorView(error),
    generation,
    epoch,
    lease: leaseView(record, now),
    createdAt: iso(record.createdAt),
    asOf: iso(now),
    options: spec.options,
  };
}

/** After a restart, progress of an earlier generation does not count. */
const currentProgress = ({ generation, progress }: TaskRecord): Progress =>
  progress.generation === generation ? progress : newProgress(generation, progress.progressAt);

function progressView(record: TaskRecord, progress: Progress, state: TaskState, now: number) {
  const { spec, underWay } = record;
  const { phase, checkpoint, pending, caughtUpAt, window, rowsLoaded, rowsApplied, progressAt } = progress;
  const lagMs = shownLag(record, progress, now);
  const pace = paceOf({ ...record, progress }, now);
  return {
    phase,
    pace,
    checkpoint: checkpoint === undefined ? null : pointView(checkpoint.ts),
    caughtUpAt: caughtUpAt === 0 ? null : iso(caughtUpAt),
    lagMs,
    lagRatio: lagMs === null ? null : Math.round((lagMs / checkpointInterval(spec.options, pace)) * 100) / 100,
    pendingWindow: pending === undefined ? null : pendingView(pending, state, now),
    windows: window,
    rowsLoaded,
    rowsApplied,
    rowsUnderWay: underWay !== undefined && underWay.at > progressAt ? underWay.rows : 0,
    progressAt: iso(progressAt),
  };
}

const pendingView = (
  { number, until, comparison }: PendingWindow,
  state: TaskState,
  now: number,
): TaskView['pendingWindow'] => ({
  number,
  until: pointView(until.ts),
  comparison: comparison === undefined ? null : comparisonView(comparison, state, now),
});

/** Null if no worker goes on: then nobody can say how long it takes. */
function comparisonView({ run, total, rows, ...progress }: ComparisonProgress, state: TaskState, now: number) {
  const pace = STATE_TRAITS[state].advances ? (rows - run.rows) / (now - run.since) : 0;
  const left = total === undefined ? null : Math.max(0, total - rows);
  const timeLeftMs = left === null || !(pace > 0) ? null : Math.ceil(left / pace);
  return { ...progress, rows, rowsExpected: total ?? null, timeLeftMs };
}

/** Null if no worker carries the load on: then nobody can say how long it takes. */
function loadEstimate(progress: Progress, tables: readonly TableMapping[], state: TaskState, now: number) {
  const goesOn = progress.phase === 'load' && STATE_TRAITS[state].advances;
  // A table that is set aside does not belong to the load.
  const keys = tables.map(({ source }) => tableKey(source)).filter((key) => !Object.hasOwn(progress.aside, key));
  return goesOn ? estimateLoad(progress, keys, now) : { table: () => null, task: null };
}

/** The tables as the user named them, or as the worker found them. */
function mappings(spec: TaskSpec, { tables }: Progress): readonly TableMapping[] {
  if (spec.level === 'table') return spec.tables;
  const place = tablePlacer(spec);
  return tableKeysOf(tables).flatMap((key) => place(nameOf(key)) ?? []);
}

const notesView = ({ count, first }: TableNotes): TaskView['leftOut'] => ({ count, first: [...first] });

function tableView(
  { source, sink }: TableMapping,
  progress: Progress,
  load: LoadEstimate,
  lagMs: number | null,
): TaskView['tables'][number] {
  const name = tableKey(source);
  const { chunks, chunksDone, rows, total } = progress.tables[name] ?? { chunks: 0, chunksDone: 0, rows: 0 };
  const phase = tablePhase(name, progress);
  return {
    source: name,
    sink: tableKey(sink),
    phase,
    chunks,
    chunksDone,
    rows,
    rowsExpected: total ?? null,
    timeLeftMs: phase === 'setAside' ? null : load.table(name),
    lagMs: phase === 'replicating' ? lagMs : null,
    missing: progress.missing.includes(name),
    setAside: asideView(progress.aside[name]),
  };
}

function asideView(found: AsideTable | undefined): TaskView['tables'][number]['setAside'] {
  if (found === undefined) return null;
  const { code, message, action, at } = found;
  return { code, message, action, at: iso(at) };
}

const errorView = ({
  code,
  message,
  action,
  retry,
  attempts,
  firstAt,
  lastAt,
  table,
}: TaskError): TaskView['error'] => ({
  code,
  message,
  action,
  retry,
  attempts,
  firstAt: iso(firstAt),
  lastAt: iso(lastAt),
  table: table ?? null,
});

function leaseView(record: TaskRecord, now: number): TaskView['lease'] {
  const { lease } = record;
  if (lease === undefined) return null;
  const { owner, until, runsUntil } = lease;
  return { owner, held: leaseHeld(record, now), until: iso(until), runsUntil: iso(runsUntil) };
}

const pointView = (position: Position) => ({ position, time: iso(positionMillis(position)) });

const iso = (millis: number): string => new Date(millis).toISOString();
