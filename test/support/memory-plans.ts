import type { Chunk, PlanPart } from '../../lib/replication/endpoints/chunk-plans.ts';
import type { SinkTable } from '../../lib/replication/endpoints/sink-tables.ts';
import { tableKey, type TableKey } from '../../lib/task/task.ts';

/** A chunk of a plan that a sink in memory keeps. */
export interface Planned {
  readonly table: TableKey;
  readonly generation: number;
  chunk: Chunk;
  readonly shared: boolean;
}

/** The chunks of these ranges, numbered from `first`. */
export const chunksFrom = (
  first: number,
  { name }: SinkTable,
  generation: number,
  { ranges, use, hasRest = false }: PlanPart,
): Planned[] =>
  ranges.map((range, index) => {
    const isRest = hasRest && index === ranges.length - 1;
    const claimedBy = isRest ? 'the rest' : use === 'shared' ? '' : 'not shared';
    const chunk = { number: first + index, range, done: false, rows: 0, claimedBy, ...(isRest ? { isRest } : {}) };
    return { table: tableKey(name), generation, chunk, shared: use === 'shared' };
  });
