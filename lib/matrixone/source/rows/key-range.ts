import type { TableSchema } from '../../../data/change.ts';
import type { KeyRange } from '../../../replication/endpoints/source.ts';
import { rangeCondition as conditionOf } from '../../../sql/key-range.ts';
import { matrixoneRangeLiteralOf } from '../../../sql/literal.ts';

/** The condition for keys in (lower, upper], with MatrixOne's literals. */
export const rangeCondition = (schema: TableSchema, range: KeyRange): string =>
  conditionOf(schema, range, ({ type }) => matrixoneRangeLiteralOf(type));
