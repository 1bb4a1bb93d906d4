import { positionMillis, type Position } from '../replication/position.ts';
import { type AsideTable, newProgress, type Progress } from '../replication/progress.ts';
import type { TableNotes } from '../replication/table-notes.ts';
import { maskUri } from '../task/database-uri.ts';
import type { TaskError, TaskRecord } from '../task/task-record.ts';
import { leaseHeld, taskState } from '../task/task-state.ts';
import { nameOf, tableSelector } from '../task/table-selection.ts';
import { type TableMapping, tableKey, type TaskSpec } from '../task/task.ts';
import { checkView } from './check-view.ts';
import type { TaskView } from './task-view-schema.ts';

/** What a new task's owner may wonder about. */
const NOTES = [
  'No PITR is needed: the task keeps the history it needs at the source by snapshots of its own, also while it is paused.',
];

export const createdTaskView = (record: TaskRecord, now: number): TaskView & { notes: readonly string[] } => ({
  ...taskView(record, now),
  notes: NOTES,
});

/** A task for the outside, without its passwords. */
export function taskView(record: TaskRecord, now: number): TaskView {
  const { id, spec, desired, generation, epoch, error } = record;
  const progress = currentProgress(record);
  return {
    id,
    name: spec.name,
    state: taskState(record, now),
    desired,
    sourceUri: maskUri(spec.sourceUri),
    sinkType: spec.sinkType,
    sinkUri: maskUri(spec.sinkUri),
    level: spec.level,
    databases: [...spec.databases],
    exclude: [...spec.exclude],
    tables: mappings(spec, progress).map((mapping) => tableView(mapping, progress)),
    leftOut: notesView(progress.leftOut),
    dropped: notesView(progress.dropped),
    ...progressView(progress, now),
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

/** After a restart, what was reached before it counts for nothing. */
const currentProgress = ({ generation, progress }: TaskRecord): Progress =>
  progress.generation === generation ? progress : newProgress(generation, progress.progressAt);

function progressView(progress: Progress, now: number) {
  const { phase, checkpoint, pending, caughtUpAt, window, rowsLoaded, rowsApplied, progressAt } = progress;
  return {
    phase,
    checkpoint: checkpoint === undefined ? null : pointView(checkpoint.ts),
    caughtUpAt: caughtUpAt === 0 ? null : iso(caughtUpAt),
    lagMs:
      checkpoint === undefined || phase === 'finished'
        ? null
        : Math.max(0, now - Math.max(positionMillis(checkpoint.ts), caughtUpAt)),
    pendingWindow: pending === undefined ? null : { number: pending.number, until: pointView(pending.until.ts) },
    windows: window,
    rowsLoaded,
    rowsApplied,
    progressAt: iso(progressAt),
  };
}

/** The tables as they were named, or as they were found. */
function mappings(spec: TaskSpec, { tables }: Progress): readonly TableMapping[] {
  if (spec.level === 'table') return spec.tables;
  const select = tableSelector(spec);
  return Object.keys(tables).flatMap((key) => select(nameOf(key)) ?? []);
}

const notesView = ({ count, first }: TableNotes): TaskView['leftOut'] => ({ count, first: [...first] });

function tableView({ source, sink }: TableMapping, { tables, missing, aside }: Progress): TaskView['tables'][number] {
  const { chunks, chunksDone, rows } = tables[tableKey(source)] ?? { chunks: 0, chunksDone: 0, rows: 0 };
  const name = tableKey(source);
  const setAside = asideView(aside[name]);
  return { source: name, sink: tableKey(sink), chunks, chunksDone, rows, missing: missing.includes(name), setAside };
}

function asideView(found: AsideTable | undefined): TaskView['tables'][number]['setAside'] {
  if (found === undefined) return null;
  const { code, message, action, at } = found;
  return { code, message, action, at: iso(at) };
}

const errorView = ({ firstAt, lastAt, table, ...rest }: TaskError): TaskView['error'] => ({
  ...rest,
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
