import type { TableSchema } from '../../data/change.ts';
import type { Chunk } from '../endpoints/chunk-plans.ts';
import type { KeyRange } from '../endpoints/source.ts';

/** What a resync does with a chunk: it only deletes what is in the way, or makes the chunk equal. */
export interface ResyncChunk extends Chunk {
  readonly pass: 'delete' | 'align';
}

/**
 * The ranges of a resync in the order of its work. With unique keys, it goes twice over the table, and deletes first in
 * all chunks: a unique value may have moved to a row of an earlier chunk. Both passes are in the plan, so that a later
 * worker goes on in the middle of either.
 */
export const resyncRanges = ({ hasUniqueKeys }: TableSchema, ranges: readonly KeyRange[]): readonly KeyRange[] =>
  hasUniqueKeys ? [...ranges, ...ranges] : ranges;

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
