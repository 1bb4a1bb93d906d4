import type { TableSchema } from '../../../data/change.ts';
import type { RowSet } from '../../../replication/endpoints/source.ts';
import { rowSetCondition } from '../../../sql/range-checksum.ts';
import { sourceHashing } from './source-hashing.ts';
import { matrixoneRangeLiteralOf } from '../../../sql/literal.ts';

/** The condition for rows with keys in (lower, upper], with MatrixOne's literals. */
export const rangeCondition = (schema: TableSchema, range: RowSet): string =>
  rowSetCondition(
    schema,
    range,
    ({ type }) => matrixoneRangeLiteralOf(type),
    range.buckets && sourceHashing(schema, range.buckets.hash),
  );
