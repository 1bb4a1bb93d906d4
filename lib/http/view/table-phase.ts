import type { TableFact } from '../../record/brief/table-fact.ts';
import type { Progress } from '../../record/progress.ts';

/**
 * The phases of a table. `loaded`: its load is done, and it waits for the other tables. `setAside`: it had an error of
 * its own.
 */
export const TABLE_PHASES = ['waiting', 'loading', 'loaded', 'replicating', 'setAside', 'dropped', 'finished'] as const;
export type TablePhase = (typeof TABLE_PHASES)[number];

/** The phase of a table of which the progress says this. */
export function tablePhase(fact: TableFact, { phase, pending }: Pick<Progress, 'phase' | 'pending'>): TablePhase {
  if (fact === 'missing') return 'dropped';
  if (fact === 'setAside') return 'setAside';
  if (phase === 'finished' || phase === 'finishing') return 'finished';
  // If a table appears while the task runs, the task loads it within a window.
  if (phase === 'window') return pending !== undefined && fact === 'loading' ? 'loading' : 'replicating';
  return fact;
}
