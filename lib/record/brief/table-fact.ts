import type { TableKey } from '../../task/task.ts';
import type { Progress } from '../progress.ts';

/**
 * What the progress says of one table, whatever the task does: where its load is, unless the table is missing at the
 * source or set aside. `loaded`: as many chunks as were planned.
 */
export const TABLE_FACTS = ['missing', 'setAside', 'waiting', 'loading', 'loaded'] as const;
export type TableFact = (typeof TABLE_FACTS)[number];

/** `name`: the source table (`db.table`). */
export function tableFact(
  name: TableKey,
  { tables, missing, aside }: Pick<Progress, 'tables' | 'missing' | 'aside'>,
): TableFact {
  const { chunks = 0, chunksDone = 0 } = tables[name] ?? {};
  if (missing.includes(name)) return 'missing';
  if (Object.hasOwn(aside, name)) return 'setAside';
  if (chunks === 0) return 'waiting';
  return chunksDone < chunks ? 'loading' : 'loaded';
}
