import type { Progress } from '../../record/progress.ts';
import type { TableKey } from '../../task/task.ts';

/**
 * The phases of a table. `loaded`: its load is done, and it waits for the other tables. `setAside`: it had an error of
 * its own.
 */
export const TABLE_PHASES = ['waiting', 'loading', 'loaded', 'replicating', 'setAside', 'dropped', 'finished'] as const;
export type TablePhase = (typeof TABLE_PHASES)[number];

/** The phase that one source table (`db.table`) of the task is in. */
export function tablePhase(name: TableKey, { phase, pending, tables, missing, aside }: Progress): TablePhase {
  const { chunks = 0, chunksDone = 0 } = tables[name] ?? {};
  const inCopy = chunksDone < chunks;
  if (missing.includes(name)) return 'dropped';
  if (Object.hasOwn(aside, name)) return 'setAside';
  if (phase === 'finished' || phase === 'finishing') return 'finished';
  // If a table appears while the task runs, the task loads it within a window.
  if (phase === 'window') return pending !== undefined && inCopy ? 'loading' : 'replicating';
  if (chunks === 0) return 'waiting';
  return inCopy ? 'loading' : 'loaded';
}
