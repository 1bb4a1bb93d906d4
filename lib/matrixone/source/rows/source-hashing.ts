import type { RowHash } from '../../../data/buckets.ts';
import type { TableSchema } from '../../../data/change.ts';
import type { RowHashing } from '../../../sql/range-checksum.ts';
import { matrixoneHashing } from '../../../sql/row-hash.ts';
import { textHashing } from '../../../sql/row-text.ts';
import { matrixoneText } from '../../../sql/value-text.ts';

/** How a source hashes the rows of a table; undefined if it cannot do it in this way. */
export const sourceHashing = (schema: TableSchema, hash: RowHash): RowHashing | undefined =>
  hash === 'matrixone' ? matrixoneHashing(schema) : textHashing(schema, matrixoneText);
