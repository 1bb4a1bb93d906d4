import { briefOf, shownTables } from '../../record/brief/task-brief.ts';
import { tableFact } from '../../record/brief/table-fact.ts';
import { tableLoadTime } from '../../record/shown/load-estimate.ts';
import { leftoversAt } from '../../record/leftovers.ts';
import type { AsideTable, Progress } from '../../record/progress.ts';
import type { TableNotes } from '../../record/table-notes.ts';
import type { TaskRecord } from '../../record/task-record.ts';
import { type TableKey, tableKey, type TableMapping } from '../../task/task.ts';
import { checkView } from './check-view.ts';
import { currentProgress, headView, isLoading } from './head-view.ts';
import { tablePhase } from './table-phase.ts';
import type { TaskView } from './task-view-schema.ts';
import { iso } from './iso-time.ts';

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
  const head = headView(briefOf(record), now);
  // If no worker carries the first copy on, nobody can say how long it takes.
  const timeLeft = (key: TableKey): number | null =>
    isLoading(progress, head.state) ? tableLoadTime(progress, key, now) : null;
  return {
    ...head,
    databases: [...spec.databases],
    exclude: [...spec.exclude],
    tables: shownTables(spec, progress).map((mapping) => tableView(mapping, progress, timeLeft, head.lagMs)),
    leftOut: notesView(progress.leftOut),
    simplified: notesView(progress.simplified),
    compared: notesView(progress.compared),
    dropped: notesView(progress.dropped),
    check: checkView(record, now),
  };
}

const notesView = ({ count, first }: TableNotes): TaskView['leftOut'] => ({ count, first: [...first] });

function tableView(
  { source, sink }: TableMapping,
  progress: Progress,
  timeLeft: (key: TableKey) => number | null,
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
    timeLeftMs: phase === 'setAside' ? null : timeLeft(name),
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
