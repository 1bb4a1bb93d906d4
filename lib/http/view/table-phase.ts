import type { Progress } from '../../record/progress.ts';

/** What a table goes through. `loaded`: its copy waits for those of the others; `setAside`: after an error of its own. */
export const TABLE_PHASES = ['waiting', 'loading', 'loaded', 'replicating', 'setAside', 'dropped', 'finished'] as const;
export type TablePhase = (typeof TABLE_PHASES)[number];

/** How far the task is with one of its source tables (`db.table`). */
export function tablePhase(name: string, { phase, pending, tables, missing, aside }: Progress): TablePhase {
  const { chunks = 0, chunksDone = 0 } = tables[name] ?? {};
  const inCopy = chunksDone < chunks;
  if (missing.includes(name)) return 'dropped';
  if (Object.hasOwn(aside, name)) return 'setAside';
  if (phase === 'finished' || phase === 'finishing') return 'finished';
  // A table that comes while the task runs is copied within a window.
  if (phase === 'window') return pending !== undefined && inCopy ? 'loading' : 'replicating';
  if (chunks === 0) return 'waiting';
  return inCopy ? 'loading' : 'loaded';
}
