import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { STATE_TRAITS } from '../../../task/state-traits.ts';
import { call, type Outcome, taskPath } from '../data/calls.ts';

export const ACTS = ['pause', 'resume', 'verify', 'resync', 'restart', 'drop', 'force'] as const;
export type Act = (typeof ACTS)[number];

/** An action that the user has asked for and not yet confirmed. */
export interface Wanted {
  readonly act: Act;
  /** The source table that it is about; undefined: all tables. */
  readonly table?: string | undefined;
}

type Answered = TaskView & { readonly notes?: readonly string[] };

/** Actions that cannot be taken back: the user types the task's name first. */
export const isGrave = (act: Act): boolean => act === 'restart' || act === 'drop' || act === 'force';

/** Does a worker run that could compare? The API refuses to compare without one. */
export const canCompare = ({ state }: Pick<TaskView, 'state'>): boolean => STATE_TRAITS[state].goesOn;

/** What makes sense for the task as it is. */
export function possible({ state }: Pick<TaskView, 'state'>): Act[] {
  const { goesOn, failed } = STATE_TRAITS[state];
  if (state === 'dropping') return ['force'];
  const isPausable = goesOn || failed;
  const isResumable = !goesOn && state !== 'finished';
  return ACTS.filter((act) => {
    switch (act) {
      case 'pause':
        return isPausable;
      case 'resume':
        return isResumable;
      case 'verify':
        return goesOn;
      // It repairs a task whose history is lost.
      case 'resync':
        return goesOn || state === 'historyLost';
      case 'restart':
      case 'drop':
        return true;
      case 'force':
        return failed || (goesOn && state !== 'running');
    }
  });
}

/** Sends the command. */
export function perform(name: string, { act, table }: Wanted): Promise<Outcome<Answered>> {
  const path = taskPath(name);
  switch (act) {
    case 'drop':
      return call('DELETE', path);
    case 'force':
      return call('DELETE', `${path}?force=true`);
    case 'verify':
    case 'resync':
      return call('POST', `${path}/${act}${table === undefined ? '' : `?tables=${encodeURIComponent(table)}`}`);
    case 'pause':
    case 'resume':
    case 'restart':
      return call('POST', `${path}/${act}`);
  }
}
