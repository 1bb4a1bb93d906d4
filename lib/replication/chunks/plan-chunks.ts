import type { Endpoints } from '../tables/endpoints.ts';
import type { StoredTask } from '../session/session.ts';
import type { Chunk, ExistingRows } from '../endpoints/chunk-plans.ts';
import type { TablePlanner } from './table-planner.ts';

/** Makes the plan once and stores it at the sink, so that every later worker finds the same chunks. */
export async function planChunks(
  session: StoredTask,
  { sink }: Pick<Endpoints, 'sink'>,
  planner: TablePlanner,
  existingRows: ExistingRows,
): Promise<Chunk[]> {
  const { generation } = session.record;
  const { table } = planner;
  const known = await sink.chunks(table, generation);
  if (known?.every(({ isRest }) => isRest !== true) === true) return known;
  if (known === undefined) {
    const first = await planner.first();
    await sink.planLoad(table, generation, first, existingRows);
    if (first.hasRest) await planner.complete();
  } else {
    await planner.complete();
  }
  return (await sink.chunks(table, generation)) ?? [];
}
