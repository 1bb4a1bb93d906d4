import type { TableSchema } from '../../data/change.ts';
import type { Chunk } from '../endpoints/chunk-plans.ts';

/** What a resync does with a chunk: it only deletes what is in the way, or makes the chunk equal. */
export interface ResyncChunk extends Chunk {
  readonly pass: 'delete' | 'align';
}

/**
 * How often a resync goes over the table. With unique keys, it deletes first in all chunks: a unique value may have
 * moved to a row of an earlier chunk. Both passes are in the plan, so that a later worker goes on in the middle of
 * either.
 */
export const resyncPasses = ({ hasUniqueKeys }: TableSchema): number => (hasUniqueKeys ? 2 : 1);

/** Tells the pass of each planned chunk. Each pass begins with an open lower end. */
export function resyncChunks({ hasUniqueKeys }: TableSchema, chunks: readonly Chunk[]): ResyncChunk[] {
  const begins = chunks.map(({ range }) => range.lower === undefined);
  const second = begins.lastIndexOf(true);
  const isTwice = hasUniqueKeys && begins.indexOf(true) !== second;
  return chunks.map((chunk, i) => ({ ...chunk, pass: isTwice && i < second ? 'delete' : 'align' }));
}

/** A worker of an earlier version planned the second pass alone. The first one cannot be recorded then. */
export const lacksDeletePass = ({ hasUniqueKeys }: TableSchema, chunks: readonly ResyncChunk[]): boolean =>
  hasUniqueKeys && chunks.every(({ pass }) => pass === 'align');
