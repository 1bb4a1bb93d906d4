import { ERRORS } from '../error-codes.ts';
import { isHeldByPitr, type Pin, positionMillis } from '../data/position.ts';
import type { TaskRecord } from '../record/task-record.ts';
import type { TaskView } from './task-view-schema.ts';

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

/** It is time to act when so much of the time is left that a PITR holds history for. */
const LAST_PART = 0.25;

/** A task of an older generation still holds what it held, until a worker begins with the new one. */
export function historyView({ progress }: Pick<TaskRecord, 'progress'>, now: number): HistoryView {
  const { phase, checkpoint, loadPin, pending, pitrReach } = progress;
  const needed = [checkpoint, loadPin, pending?.until].filter((pin) => pin !== undefined);
  if (phase === 'finished' || needed.length === 0) return NONE;
  const since = oldest(needed);
  const byPitr = needed.filter(isHeldByPitr);
  const pinned = { historyPinnedSince: iso(since), historyPinnedMs: Math.max(0, now - since) };
  if (byPitr.length === 0 || pitrReach === undefined) {
    return { ...NONE, ...pinned, historyHeldBy: byPitr.length === 0 ? 'snapshots' : 'pitr' };
  }
  const until = oldest(byPitr) + pitrReach;
  return {
    ...pinned,
    historyHeldBy: 'pitr',
    historyHeldUntil: iso(until),
    warning: until - now < LAST_PART * pitrReach ? expiring(until, now) : null,
  };
}

/** Told from what is stored: a paused task has no worker that could. */
function expiring(until: number, now: number): HistoryView['warning'] {
  const message =
    now < until
      ? `The PITR that holds the history of the task does so only until ${iso(until)}.`
      : `The PITR that held the history of the task did so until ${iso(until)}: the task is likely to fail with HISTORY_LOST.`;
  return { code: 'HISTORY_EXPIRING', message, action: ERRORS.HISTORY_EXPIRING.action };
}

const oldest = (pins: readonly Pin[]): number => Math.min(...pins.map(({ ts }) => positionMillis(ts)));

const iso = (millis: number): string => new Date(millis).toISOString();
