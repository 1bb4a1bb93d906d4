import { isKeyless } from '../../data/change.ts';
import { ChunkComparison } from './chunk-comparison.ts';
import { lacksDeletePass, resyncChunks, resyncPasses } from './resync-chunks.ts';
import type { ResyncProgress } from './resync-progress.ts';
import type { Endpoints } from '../tables/endpoints.ts';
import { planAnewIfGone } from '../chunks/plan-anew.ts';
import { sizeFor } from '../chunks/chunk-sizes.ts';
import { planChunks } from '../chunks/plan-chunks.ts';
import { TablePlanner } from '../chunks/table-planner.ts';
import type { Pin } from '../../data/position.ts';
import { replaceTable } from './replace-table.ts';
import type { Reshaped } from '../tables/schema-changes.ts';
import type { Session } from '../session/session.ts';
import type { FenceStep } from '../endpoints/sink.ts';

/** Numbers the transactions of a window, so that the fence says that the sink is between two checkpoints. */
export interface WindowSteps {
  /** The step for the next transaction. */
  next(chunk?: FenceStep['chunk']): FenceStep;
}

/**
 * Makes a sink table equal to its source table at a pin, whatever the sink table holds. It works chunk by chunk and
 * writes only rows that differ, so readers never see an empty table. It replaces all rows of a table without a key at
 * once. A later worker goes on with the chunks that are not done. Returns the number of differences.
 */
export async function resyncTable(
  session: Session,
  ends: Endpoints,
  { table, before }: Reshaped,
  pin: Pin,
  steps: WindowSteps,
  progress: ResyncProgress,
): Promise<number> {
  const size = () => sizeFor(session, ends, table, pin, 'compare');
  const planner = new TablePlanner(session, ends, { table, pin, use: 'own', size, passes: resyncPasses(table.schema) });
  if (!isKeyless(table.schema)) await planAnewIfGone(session, ends, planner);
  await ends.sink.alterTable(table, before, 'all');
  if (isKeyless(table.schema)) {
    progress.begins(table, []);
    return replaceTable(session.signal, ends, table, pin, steps.next());
  }
  const chunks = resyncChunks(table.schema, await planChunks(session, ends, planner, 'keep'));
  progress.begins(table, chunks);
  const comparison = new ChunkComparison(session.signal, ends, table, pin, () => steps.next());
  const { generation } = session.record;
  const todo = chunks.filter(({ done }) => !done);
  let written = 0;
  if (lacksDeletePass(table.schema, chunks)) for (const { range } of todo) await comparison.run(range, 'delete');
  for (const chunk of todo) {
    session.checkpointOrStop();
    const completing = (rows: number): FenceStep => steps.next({ table, generation, chunk: { ...chunk, rows } });
    const found = await comparison.run(chunk.range, chunk.pass, completing);
    if (chunk.pass === 'align') written += found.missing + found.different + found.extra;
    await session.recovered();
    await progress.done(found.rows);
  }
  return written;
}
