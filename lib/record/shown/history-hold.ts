import { isHeldByPitr, type Pin, positionMillis } from '../../data/position.ts';
import type { TaskFacts } from '../task-record.ts';

/** How long the source keeps the history that a task still needs. Times are milliseconds since 1970. */
export interface HistoryHold {
  /** The oldest position that the task needs. */
  readonly since: number;
  readonly by: 'snapshots' | 'pitr';
  /** When the PITR gives up `since`; undefined when nothing will give it up, or nobody knows when. */
  readonly until: number | undefined;
  /** Three quarters of the time that the PITR gives are over: an operator must act. */
  readonly isExpiring: boolean;
}

/** An operator must act when this part of the PITR's reach is left. */
const LAST_PART = 0.25;

/**
 * Undefined when the task needs no history. The answer comes from stored facts only, since a paused task has no worker
 * that could ask the source. After a restart, the task holds its old history until a worker begins the new generation.
 */
export function historyHold({ progress }: Pick<TaskFacts, 'progress'>, now: number): HistoryHold | undefined {
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
