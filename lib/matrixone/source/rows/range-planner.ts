import type { Column, TableSchema } from '../../../data/change.ts';
import type { Pin } from '../../../data/position.ts';
import { keyPosition, type KeyPosition } from '../../../data/key-position.ts';
import type { KeyRange, PageStart, RangePage, RangeSize } from '../../../replication/endpoints/source.ts';
import { quoteName, quoteNames } from '../../../sql/identifier.ts';
import { keyColumns } from '../../../sql/key-range.ts';
import type { ResultSet, Connection } from '../../../wire/connection.ts';
import type { TableName } from '../../../task/task.ts';
import { rangeCondition } from './key-range.ts';
import { atPin } from '../history/pins.ts';
import { rowSize, widestRow } from './row-width.ts';

/** The most samples that one range takes, by rows or by bytes: the sampled share is rounded up. */
const MOST_SAMPLES = 200;
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
 * stands for a number of bytes.
 */
export async function planRanges(
  connection: Connection,
  schema: TableSchema,
  at: Pin,
  size: RangeSize,
): Promise<KeyRange[]> {
  const { ends } = await findEnds(connection, schema, at, size, 'true', () => count(connection, schema, at, 'true'));
  return between(undefined, ends);
}

/**
 * As planRanges, but reads no more samples than `most` ranges take, which suffice for up to four times as many.
 * MatrixOne finds the first keys in order without a pass over the others (4.2.0). Only the first page asks how many rows
 * there are: to count the rest is a pass.
 */
export async function planPage(
  connection: Connection,
  schema: TableSchema,
  at: Pin,
  size: RangeSize,
  { after, most }: PageStart,
): Promise<RangePage> {
  const where = rangeCondition(schema, { lower: after, upper: undefined });
  const rows = (): Promise<number> =>
    after === undefined ? count(connection, schema, at, where) : Promise.resolve(Infinity);
  const { ends, isWhole } = await findEnds(connection, schema, at, size, where, rows, 2 * MOST_SAMPLES * most);
  const ranges = between(after, ends);
  return isWhole ? { ranges, isLast: true } : { ranges: ranges.slice(0, -1), isLast: false };
}

/** Where ranges end; `isWhole`: that is all, and what follows the last end is one range. */
async function findEnds(
  connection: Connection,
  schema: TableSchema,
  at: Pin,
  size: RangeSize,
  where: string,
  counting: () => Promise<number>,
  mostSamples = Infinity,
): Promise<{ readonly ends: readonly KeyPosition[]; readonly isWhole: boolean }> {
  if (schema.key.length === 0) return { ends: [], isWhole: true };
  const count = await counting();
  const few = count <= size.rows * TOLERANCE;
  const slim = count === 0 || Math.min(count, size.rows) * widestRow(schema) <= size.bytes * TOLERANCE;
  if (few && slim) return { ends: [], isWhole: true };
  const grain = {
    rows: few ? undefined : Math.max(1, Math.floor(size.rows / SAMPLES)),
    bytes: slim ? undefined : Math.max(1, Math.floor(size.bytes / SAMPLES)),
  };
  const ends: KeyPosition[] = [];
  let [rows, bytes, samples] = [0, 0, 0];
  for await (const batch of connection.stream(sampleQuery(schema, at, grain, where, mostSamples))) {
    samples += batch.length;
    for (const [standsForRows, standsForBytes, ...key] of batch) {
      rows += Number(standsForRows);
      bytes += Number(standsForBytes);
      if (rows < size.rows && bytes < size.bytes) continue;
      ends.push(keyPosition(key));
      [rows, bytes] = [0, 0];
    }
  }
  return { ends, isWhole: samples < mostSamples };
}

const count = async (connection: Connection, { table }: TableSchema, at: Pin, where: string): Promise<number> =>
  countOf(await connection.query(`select count(*) from ${atPin(table, at)} where ${where}`));

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
function sampleQuery(schema: TableSchema, at: Pin, { rows, bytes }: Grain, where: string, mostSamples: number): string {
  const limit = mostSamples === Infinity ? '' : ` limit ${mostSamples}`;
  const names = quoteNames(schema.key);
  const order = keyColumns(schema).map(ordered).join(', ');
  const hash = `hash_value(${names})`;
  const from = `from ${atPin(schema.table, at)} where ${where}`;
  if (bytes === undefined) {
    const sample = rows === 1 || rows === undefined ? '' : ` and ${hash} % ${rows} = 0`;
    return `select ${rows ?? 0}, 0, ${names} ${from}${sample} order by ${order}${limit}`;
  }
  const [byRows, byBytes] = [
    rows === undefined ? 'false' : `${HASH} % ${rows} = 0`,
    `abs(${HASH} % ${bytes}) < ${SIZE}`,
  ];
  return `select case when ${byRows} then ${rows ?? 0} else 0 end,
    case when ${byBytes} then greatest(${SIZE}, ${bytes}) else 0 end, ${names}
    from (select ${names}, ${hash} as ${HASH}, ${rowSize(schema)} as ${SIZE} ${from}) as r
    where ${byRows} or ${byBytes} order by ${order}${limit}`;
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
