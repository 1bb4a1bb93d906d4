import type { TableSchema } from '../../lib/data/change.ts';
import type { KeyPosition } from '../../lib/data/key-position.ts';
import type { Pin } from '../../lib/data/position.ts';
import type { KeyRange, RangeSize, Source } from '../../lib/replication/endpoints/source.ts';

/** Longer than the plan of any test's table. */
const WHOLE_PLAN = 1_000_000;

/** All ranges of a table, or of its part after `after`, planned as one page. */
export async function allRanges(
  source: Pick<Source, 'planPage'>,
  schema: TableSchema,
  at: Pin,
  size: RangeSize,
  after?: KeyPosition,
): Promise<readonly KeyRange[]> {
  const { ranges, isLast } = await source.planPage(schema, at, size, { after, most: WHOLE_PLAN });
  if (!isLast) throw new Error('The table has more ranges than a test expects.');
  return ranges;
}
