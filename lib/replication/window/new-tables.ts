import { type AtSink, ownTables } from '../tables/owned-tables.ts';
import type { WindowPlan } from './window-plan.ts';

/** What a window brings to the task, or brings back. */
export const ownNewTables = (ends: AtSink, { added, created, reshaped }: WindowPlan): Promise<void> =>
  ownTables(ends, [
    ...added,
    ...created,
    ...reshaped.map(({ table: { name, schema } }) => ({ source: schema.table, sink: name })),
  ]);

/**
 * What the task has no more after a window may be another's. Not before that is recorded: a worker that finds the window
 * once more drops the sink tables of dropped ones once more.
 */
export async function freeTables({ sink }: AtSink, { set }: WindowPlan): Promise<void> {
  if (set.removed.length + set.dropped.length === 0) return;
  await sink.keepTables([...set.kept, ...set.added, ...set.aside].map((mapping) => mapping.sink));
}
