import type { Column, TableSchema } from '../../../data/change.ts';
import type { Pin } from '../../../data/position.ts';
import { keyPosition, type KeyPosition } from '../../../data/key-position.ts';
import type { KeyRange, RangeSize } from '../../../replication/endpoints/source.ts';
import { quoteName, quoteNames } from '../../../sql/identifier.ts';
import { keyColumns } from '../../../sql/key-range.ts';
import type { ResultSet, Connection } from '../../../wire/connection.ts';
import type { TableName } from '../../../task/task.ts';
import { rangeCondition } from './key-range.ts';
import { atPin } from '../history/pins.ts';
import { rowSize, widestRow } from './row-width.ts';

/** Keys sampled per range: enough that ranges are about equally long, so that workers finish them together. */
const SAMPLES = 100;
/** A table this much longer than one range is still one range. */
const TOLERANCE = 1.2;
/** Names that are not the table's own. */
const HASH = '__mo_cdc_hash';
const SIZE = '__mo_cdc_size';

/**
 * Cuts a table into ranges of about `rows` keys, or fewer if they exceed `bytes`, in one pass. Samples keys by a hash,
 * so the sample is uniform for any keys; about each 100th sampled key, in order, ends a range. Where rows may be large,
 * it also samples a row whose hash falls within the row's size: large rows are sampled more often, so each such sample
 * stands for a number of bytes. `after`: plans only keys beyond this position.
 */
export async function planRanges(
  connection: Connection,
  schema: TableSchema,
  at: Pin,
  size: RangeSize,
  after?: KeyPosition,
): Promise<KeyRange[]> {
  const rest = { lower: after, upper: undefined };
  if (schema.key.length === 0) return [rest];
  const where = rangeCondition(schema, rest);
  const count = countOf(await connection.query(`select count(*) from ${atPin(schema.table, at)} where ${where}`));
  const few = count <= size.rows * TOLERANCE;
  const slim = count === 0 || Math.min(count, size.rows) * widestRow(schema) <= size.bytes * TOLERANCE;
  if (few && slim) return [rest];
  const grain = {
    rows: few ? undefined : Math.max(1, Math.floor(size.rows / SAMPLES)),
    bytes: slim ? undefined : Math.max(1, Math.floor(size.bytes / SAMPLES)),
  };
  const ends: KeyPosition[] = [];
  let [rows, bytes] = [0, 0];
  for await (const batch of connection.stream(sampleQuery(schema, at, grain, where))) {
    for (const [standsForRows, standsForBytes, ...key] of batch) {
      rows += Number(standsForRows);
      bytes += Number(standsForBytes);
      if (rows < size.rows && bytes < size.bytes) continue;
      ends.push(keyPosition(key));
      [rows, bytes] = [0, 0];
    }
  }
  return between(after, ends);
}

/** The server stores numbers of rows with its blocks, so this is no pass over the table. */
export async function countRows(connection: Connection, table: TableName, at: Pin): Promise<number> {
  return countOf(await connection.query(`select count(*) from ${atPin(table, at)}`));
}

const countOf = ({ rows }: ResultSet): number => Number(rows[0]?.[0]);

/** How many rows or bytes a sample stands for; undefined if they need no samples. */
type Grain = { readonly [of in keyof RangeSize]: number | undefined };

/**
 * Selects the sampled keys in order, each after the rows and the bytes it stands for; 0 if it was not sampled for them.
 */
function sampleQuery(schema: TableSchema, at: Pin, { rows, bytes }: Grain, where: string): string {
  const names = quoteNames(schema.key);
  const order = keyColumns(schema).map(ordered).join(', ');
  const hash = `hash_value(${names})`;
  const from = `from ${atPin(schema.table, at)} where ${where}`;
  if (bytes === undefined) {
    const sample = rows === 1 || rows === undefined ? '' : ` and ${hash} % ${rows} = 0`;
    return `select ${rows ?? 0}, 0, ${names} ${from}${sample} order by ${order}`;
  }
  const [byRows, byBytes] = [
    rows === undefined ? 'false' : `${HASH} % ${rows} = 0`,
    `abs(${HASH} % ${bytes}) < ${SIZE}`,
  ];
  return `select case when ${byRows} then ${rows ?? 0} else 0 end,
    case when ${byBytes} then greatest(${SIZE}, ${bytes}) else 0 end, ${names}
    from (select ${names}, ${hash} as ${HASH}, ${rowSize(schema)} as ${SIZE} ${from}) as r
    where ${byRows} or ${byBytes} order by ${order}`;
}

/**
 * Orders an enum by its labels, as the condition of a range compares them. MatrixOne would order it by its numbers.
 */
const ordered = ({ name, type }: Column): string =>
  /^enum\b/u.test(type) ? `concat(${quoteName(name)}, '')` : quoteName(name);

/** The last range is open. If the last boundary is the table's last key, that range is empty, which does no harm. */
function between(first: KeyPosition | undefined, ends: readonly KeyPosition[]): KeyRange[] {
  const lowers: readonly (KeyPosition | undefined)[] = [first, ...ends];
  return lowers.map((lower, i) => ({ lower, upper: ends[i] }));
}
