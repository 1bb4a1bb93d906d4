import { tableKey } from '../../task/task.ts';
import type { SessionLog, StoredTask } from '../session/session.ts';
import type { SinkPlans } from '../endpoints/chunk-plans.ts';
import type { SinkTables } from '../endpoints/sink-tables.ts';
import type { TablePlanner } from './table-planner.ts';

/**
 * Somebody may drop a sink table while it is being loaded, and with it the chunks that the plan says are done. Plans
 * all chunks of such a table again, before the table is created again.
 */
export async function planAnewIfGone(
  session: StoredTask & SessionLog,
  { sink }: { readonly sink: SinkPlans & Pick<SinkTables, 'hasTable'> },
  planner: TablePlanner,
): Promise<void> {
  const { table } = planner;
  const known = await sink.chunks(table, session.record.generation);
  if (known?.some(({ done }) => done) !== true || (await sink.hasTable(table))) return;
  await sink.planLoad(table, session.record.generation, await planner.first(), 'keep');
  session.log('warn', 'table.gone', { table: tableKey(table.schema.table) });
}
