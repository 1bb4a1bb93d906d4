import { type AtSink, ownTables } from '../tables/owned-tables.ts';
import { stepsOf, type WindowPlan } from './window-plan.ts';

/** Makes the task the owner of the tables that the window adds or brings back. */
export const ownNewTables = (ends: AtSink, plan: WindowPlan): Promise<void> =>
  ownTables(ends, [
    ...stepsOf(plan, 'load', 'create').map(({ mapping }) => mapping),
    ...stepsOf(plan, 'resync').map(({ table: { name, schema } }) => ({ source: schema.table, sink: name })),
  ]);

/**
 * Lets other tasks own the tables that left the task with this window. Call it only after the checkpoint is stored: a
 * worker that repeats the window drops the sink tables of dropped tables again.
 */
export async function freeTables({ sink }: AtSink, { set }: WindowPlan): Promise<void> {
  if (set.removed.length + set.dropped.length === 0) return;
  await sink.keepTables([...set.kept, ...set.added, ...set.aside].map((mapping) => mapping.sink));
}
