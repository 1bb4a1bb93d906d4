import { isKeyless } from '../../data/change.ts';
import { ChunkComparison } from './chunk-comparison.ts';
import type { Endpoints } from '../tables/endpoints.ts';
import { planAnewIfGone } from '../chunks/plan-anew.ts';
import { chunkRanges, planChunks } from '../chunks/plan-chunks.ts';
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
): Promise<number> {
  const ranges = () => chunkRanges(session, ends, table, pin, 'keep');
  if (!isKeyless(table.schema)) await planAnewIfGone(session, ends, table, ranges, 'own');
  await ends.sink.alterTable(table, before, 'all');
  if (isKeyless(table.schema)) return replaceTable(session.signal, ends, table, pin, steps.next());
  const chunks = await planChunks(session, ends, table, pin, 'keep');
  const todo = chunks.filter((chunk) => !chunk.done);
  const comparison = new ChunkComparison(session.signal, ends, table, pin, () => steps.next());
  let written = 0;
  if (table.schema.hasUniqueKeys) {
    // Delete first in all chunks: a unique value may have moved to a row of an earlier chunk.
    for (const { range } of todo) await comparison.run(range, 'delete');
  }
  const { generation } = session.record;
  for (const chunk of todo) {
    session.checkpointOrStop();
    const found = await comparison.run(chunk.range, 'align', (rows) =>
      steps.next({ table, generation, chunk: { ...chunk, rows } }),
    );
    written += found.missing + found.different + found.extra;
  }
  return written;
}
