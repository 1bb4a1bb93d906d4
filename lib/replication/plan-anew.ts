import type { Ends } from './ends.ts';
import type { Session } from './session.ts';
import type { PlanUse, SinkTable } from './sink.ts';
import type { KeyRange } from './source.ts';

/**
 * Somebody may drop a sink table while it is being copied. What the plan says is done went with it: before the table is made
 * anew, all of its chunks are planned again. True when that was so.
 */
export async function plannedAnewIfGone(
  { record, deps, logFields }: Session,
  { sink }: Pick<Ends, 'sink'>,
  table: SinkTable,
  ranges: () => Promise<readonly KeyRange[]>,
  use: PlanUse,
): Promise<boolean> {
  const known = await sink.chunks(table, record.generation);
  if (known?.some(({ done }) => done) !== true || (await sink.hasTable(table))) return false;
  await sink.planLoad(table, record.generation, await ranges(), 'keep', use);
  deps.log('warn', 'table.gone', { ...logFields, table: `${table.schema.table.database}.${table.schema.table.table}` });
  return true;
}
