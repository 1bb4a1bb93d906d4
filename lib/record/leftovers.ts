import { pinPrefix } from '../data/position.ts';

/**
 * Names the things that a task keeps at source or sink beside its sink tables, for people who must remove them by hand.
 */
export const leftoversAt = (end: 'source' | 'sink', taskId: string): string =>
  end === 'source'
    ? `at the source, the snapshots whose names begin with ${pinPrefix(taskId)}`
    : `at the sink, the rows of task_id ${taskId} in the tables fence, chunk, loader and owner of the database mo_cdc`;
