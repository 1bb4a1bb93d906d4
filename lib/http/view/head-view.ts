import { checkpointInterval, shownLag } from '../../record/lag.ts';
import { paceOf } from '../../record/pace.ts';
import { type ComparisonProgress, type PendingWindow, positionMillis, type Position } from '../../data/position.ts';
import type { TaskBrief, TaskCounts } from '../../record/brief/task-brief.ts';
import { TABLE_FACTS } from '../../record/brief/table-fact.ts';
import { loadTime } from '../../record/shown/load-estimate.ts';
import { newProgress, type Progress } from '../../record/progress.ts';
import { maskAcceptedUri } from '../../task/uri/database-uri.ts';
import type { ProgressFacts, TaskError, TaskFacts, TaskRecord } from '../../record/task-record.ts';
import { stalledSince } from '../../record/stall.ts';
import { STATE_TRAITS, type TaskState } from '../../task/state-traits.ts';
import { leaseHeld, taskState } from '../../record/task-state.ts';
import { adviceFor } from './advice.ts';
import { historyView } from './history-view.ts';
import type { TaskView } from './task-view-schema.ts';
import { iso } from './iso-time.ts';

/** What a list and `show` both tell of a task: everything whose size does not depend on the number of tables. */
export function headView(brief: TaskBrief, now: number) {
  const { id, spec, desired, generation, epoch, error } = brief;
  const progress = currentProgress(brief);
  const state = taskState(brief, now);
  const stalled = state === 'stalled' ? stalledSince(brief, now) : undefined;
  const { rowsToLoad } = currentCounts(brief);
  return {
    id,
    name: spec.name,
    state,
    stalledSince: stalled === undefined ? null : iso(stalled),
    runningSince: iso(brief.runningSince),
    desired,
    sourceUri: maskAcceptedUri(spec.sourceUri),
    sinkType: spec.sinkType,
    sinkUri: maskAcceptedUri(spec.sinkUri),
    level: spec.level,
    ...progressView(brief, progress, state, now),
    timeLeftMs: isLoading(progress, state) ? loadTime(progress, rowsToLoad, now) : null,
    ...historyView(brief, now),
    advice: adviceFor(brief),
    error: error === undefined ? null : errorView(error),
    generation,
    epoch,
    lease: leaseView(brief, now),
    createdAt: iso(brief.createdAt),
    asOf: iso(now),
    options: spec.options,
  };
}

/** Does a worker carry the first copy on? */
export const isLoading = ({ phase }: Pick<Progress, 'phase'>, state: TaskState): boolean =>
  phase === 'load' && STATE_TRAITS[state].advances;

/** After a restart, progress of an earlier generation does not count. */
export function currentProgress(task: TaskRecord): Progress;
export function currentProgress(task: TaskFacts): ProgressFacts;
export function currentProgress({ generation, progress }: TaskFacts): ProgressFacts {
  return progress.generation === generation ? progress : newProgress(generation, progress.progressAt);
}

/** The counts that belong to the current progress. */
export function currentCounts({ generation, progress, counts }: TaskBrief): TaskCounts {
  if (progress.generation === generation) return counts;
  const none = Object.fromEntries(TABLE_FACTS.map((fact) => [fact, 0])) as TaskCounts['tables'];
  const { named } = counts;
  return {
    ...counts,
    tables: { ...none, waiting: named },
    ...{ leftOut: 0, simplified: 0, compared: 0, dropped: 0 },
    ...{ aside: {}, rowsLeft: 0, rowsToLoad: named === 0 ? 0 : null },
  };
}

function progressView(record: TaskFacts, progress: ProgressFacts, state: TaskState, now: number) {
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

function leaseView(record: TaskFacts, now: number): TaskView['lease'] {
  const { lease } = record;
  if (lease === undefined) return null;
  const { owner, until, runsUntil } = lease;
  return { owner, held: leaseHeld(record, now), until: iso(until), runsUntil: iso(runsUntil) };
}

const pointView = (position: Position) => ({ position, time: iso(positionMillis(position)) });
