import { briefOf, shownTables } from '../../record/brief/task-brief.ts';
import { tableFact } from '../../record/brief/table-fact.ts';
import { estimateLoad, type LoadEstimate } from '../../record/shown/load-estimate.ts';
import { leftoversAt } from '../../record/leftovers.ts';
import { type AsideTable, newProgress, type Progress } from '../../record/progress.ts';
import type { TableNotes } from '../../record/table-notes.ts';
import type { TaskRecord } from '../../record/task-record.ts';
import type { TaskState } from '../../task/state-traits.ts';
import { taskState } from '../../record/task-state.ts';
import { type TableMapping, tableKey } from '../../task/task.ts';
import { checkView } from './check-view.ts';
import { headView, isLoading } from './head-view.ts';
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
  const { spec } = record;
  const progress = currentProgress(record);
  const state = taskState(record, now);
  const load = loadEstimate(progress, state, now);
  const head = headView(briefOf(record), now);
  return {
    ...head,
    databases: [...spec.databases],
    exclude: [...spec.exclude],
    tables: shownTables(spec, progress).map((mapping) => tableView(mapping, progress, load, head.lagMs)),
    leftOut: notesView(progress.leftOut),
    simplified: notesView(progress.simplified),
    compared: notesView(progress.compared),
    dropped: notesView(progress.dropped),
    check: checkView(record, now),
  };
}

/** After a restart, progress of an earlier generation does not count. */
const currentProgress = ({ generation, progress }: TaskRecord): Progress =>
  progress.generation === generation ? progress : newProgress(generation, progress.progressAt);

/** Null if no worker carries the load on: then nobody can say how long it takes. */
function loadEstimate(progress: Progress, state: TaskState, now: number): Pick<LoadEstimate, 'table'> {
  return isLoading(progress, state) ? estimateLoad(progress, [], now) : { table: () => null };
}

const notesView = ({ count, first }: TableNotes): TaskView['leftOut'] => ({ count, first: [...first] });

function tableView(
  { source, sink }: TableMapping,
  progress: Progress,
  load: Pick<LoadEstimate, 'table'>,
  lagMs: number | null,
): TaskView['tables'][number] {
  const name = tableKey(source);
  const { chunks, chunksDone, rows, total } = progress.tables[name] ?? { chunks: 0, chunksDone: 0, rows: 0 };
  const phase = tablePhase(tableFact(name, progress), progress);
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

const iso = (millis: number): string => new Date(millis).toISOString();
