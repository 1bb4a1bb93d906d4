import { ERRORS } from '../../error-codes.ts';
import { historyHold } from '../../record/shown/history-hold.ts';
import type { TaskFacts } from '../../record/task-record.ts';
import type { TaskView } from './task-view-schema.ts';
import { iso } from './iso-time.ts';

type HistoryView = Pick<
  TaskView,
  'historyPinnedSince' | 'historyPinnedMs' | 'historyHeldBy' | 'historyHeldUntil' | 'warning'
>;

const NONE: HistoryView = {
  historyPinnedSince: null,
  historyPinnedMs: null,
  historyHeldBy: null,
  historyHeldUntil: null,
  warning: null,
};

/** The part of `show` about the history that the task holds at the source. */
export function historyView(task: Pick<TaskFacts, 'progress'>, now: number): HistoryView {
  const hold = historyHold(task, now);
  if (hold === undefined) return NONE;
  const { since, by, until, isExpiring } = hold;
  return {
    historyPinnedSince: iso(since),
    historyPinnedMs: Math.max(0, now - since),
    historyHeldBy: by,
    historyHeldUntil: until === undefined ? null : iso(until),
    warning: until !== undefined && isExpiring ? expiring(until, now) : null,
  };
}

function expiring(until: number, now: number): HistoryView['warning'] {
  const message =
    now < until
      ? `The PITR that holds the history of the task does so only until ${iso(until)}.`
      : `The PITR that held the history of the task did so until ${iso(until)}: the task is likely to fail with HISTORY_LOST.`;
  return { code: 'HISTORY_EXPIRING', message, action: ERRORS.HISTORY_EXPIRING.action };
}
