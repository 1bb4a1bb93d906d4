import { isHeldByPitr, type Pin, positionMillis } from '../data/position.ts';
import type { TaskRecord } from './task-record.ts';

/** How long the source keeps the history that a task still needs. Times are milliseconds since the epoch. */
export interface HistoryHold {
  /** The oldest position that the task needs. */
  readonly since: number;
  readonly by: 'snapshots' | 'pitr';
  /** When the PITR lets go of `since`; undefined as long as nothing will. */
  readonly until: number | undefined;
  /** Three quarters of the time that the PITR gives are over: an operator has to act. */
  readonly isExpiring: boolean;
}

/** An operator is to act when this part of the PITR's reach is left. */
const LAST_PART = 0.25;

/**
 * Undefined when the task holds no history. The answer comes from what is stored, because a paused task has no worker that
 * could ask the source. A task of an older generation still holds what it held, until a worker begins with the new one.
 */
export function historyHold({ progress }: Pick<TaskRecord, 'progress'>, now: number): HistoryHold | undefined {
  const { phase, checkpoint, loadPin, pending, pitrReach } = progress;
  const needed = [checkpoint, loadPin, pending?.until].filter((pin) => pin !== undefined);
  if (phase === 'finished' || needed.length === 0) return undefined;
  const since = oldest(needed);
  const byPitr = needed.filter(isHeldByPitr);
  if (byPitr.length === 0) return { since, by: 'snapshots', until: undefined, isExpiring: false };
  if (pitrReach === undefined) return { since, by: 'pitr', until: undefined, isExpiring: false };
  const until = oldest(byPitr) + pitrReach;
  return { since, by: 'pitr', until, isExpiring: until - now < LAST_PART * pitrReach };
}

const oldest = (pins: readonly Pin[]): number => Math.min(...pins.map(({ ts }) => positionMillis(ts)));
