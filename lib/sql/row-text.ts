import { carriedColumns, type Column, isKeyless, type TableSchema } from '../data/change.ts';
import { keyColumns } from './key-range.ts';
import { dividedKey, digestNumber } from './hashed-key.ts';
import type { RowHashing } from './range-checksum.ts';

const joined = (texts: readonly string[]): string => `concat_ws(',', ${texts.join(', ')})`;

/** No text of a row is longer: MySQL's own limit of a row is 64 KiB, and of a long value there is only its hash. */
const LONGEST_TEXT = 256 * 1024;

/**
 * Hashes that servers of every kind compute alike: 60 bits of the SHA-256 of a row's values as texts, ten times slower
 * than MatrixOne's own. MySQL has had no MD5 since 9.6. `textOf`: arguments of `concat_ws` from which the value can be told, NULL
 * too, whatever stands behind them. Undefined if some column has none.
 */
export function textHashing(
  schema: TableSchema,
  textOf: (column: Column) => string | undefined,
): RowHashing | undefined {
  const texts = carriedColumns(schema).map(textOf);
  if (!texts.every((text) => text !== undefined)) return undefined;
  const key = joined(dividedKey(keyColumns(schema), (column) => textOf(column) ?? ''));
  const bucketOf = (of: number): string => `crc32(${key}) & ${of - 1}`;
  // A table without a key may have equal rows, whose exclusive or would be nothing.
  const sum = `${isKeyless(schema) ? 'sum' : 'bit_xor'}(${digestNumber(`sha2(${joined(texts)}, 256)`, 1)})`;
  // A server that takes no text of that length answers NULL for one: then no sum may look like another.
  const sums = `count(*), if(@@max_allowed_packet < ${LONGEST_TEXT}, null, 0), ${sum}`;
  return {
    checksumQuery: (from, condition) => `select ${sums} from ${from} where ${condition}`,
    bucketQuery: (from, condition, of) => `select ${bucketOf(of)}, ${sums} from ${from} where ${condition} group by 1`,
    bucketOf,
  };
}
