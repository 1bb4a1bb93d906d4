import { STATE_TRAITS, type TaskState } from '../../../task/state-traits.ts';

/** How good or bad a state is. A colour shows it, beside the word for the state. */
export type Tone = 'good' | 'busy' | 'calm' | 'warn' | 'bad';

export function toneOf(state: TaskState): Tone {
  const { needsHelp, goesOn, atRest } = STATE_TRAITS[state];
  if (needsHelp) return 'bad';
  if (state === 'retrying') return 'warn';
  if (goesOn) return 'good';
  return atRest ? 'calm' : 'busy';
}

/** Worst first. */
const RANKS: readonly Tone[] = ['bad', 'warn', 'busy', 'good', 'calm'];
export const stateRank = (state: TaskState): number => RANKS.indexOf(toneOf(state));
