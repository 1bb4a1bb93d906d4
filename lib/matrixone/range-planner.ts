import type { TableSchema } from '../replication/change.ts';
import type { Pin } from '../replication/position.ts';
import type { KeyRange } from '../replication/source.ts';
import { quoteName, quoteNames } from '../mysql/identifier.ts';
import type { Session } from '../mysql/session.ts';
import type { TableName } from '../task/task.ts';
import { encodeKey, rangeCondition } from './key-range.ts';
import { atPin } from './pins.ts';

/** Keys sampled for each range: enough that no range comes out much longer than wanted. */
const SAMPLES = 20;
/** A table this much longer than one range is still one range. */
const TOLERANCE = 1.2;

/**
 * Cuts a table into ranges of about `rows` keys in one pass: a sample chosen by a hash of the key is uniform whatever
 * the keys look like, and each 20th of the ordered sample ends a range. With `after`, only what comes after that end.
 */
export async function planRanges(
  session: Session,
  schema: TableSchema,
  at: Pin,
  rows: number,
  after?: string,
): Promise<KeyRange[]> {
  const rest = { lower: after, upper: undefined };
  if (schema.key.length === 0) return [rest];
  const where = rangeCondition(schema, rest);
  const { rows: counted } = await session.query(`select count(*) from ${atPin(schema.table, at)} where ${where}`);
  if (Number(counted[0]?.[0]) <= rows * TOLERANCE) return [rest];
  const ends: string[] = [];
  let sampled = 0;
  for await (const batch of session.stream(sampleQuery(schema, at, rows, where))) {
    for (const key of batch) {
      if (++sampled % Math.min(SAMPLES, rows) === 0) ends.push(encodeKey(key));
    }
  }
  return between(after, ends);
}

/** The server keeps numbers of rows with its blocks: this is not a pass over the table. */
export async function countRows(session: Session, table: TableName, at: Pin): Promise<number> {
  const { rows } = await session.query(`select count(*) from ${atPin(table, at)}`);
  return Number(rows[0]?.[0]);
}

function sampleQuery(schema: TableSchema, at: Pin, rows: number, where: string): string {
  const names = quoteNames(schema.key);
  const every = Math.max(1, Math.floor(rows / SAMPLES));
  const hash = `crc32(concat_ws('#', ${schema.key.map((name) => `cast(${quoteName(name)} as char)`).join(', ')}))`;
  const sample = every === 1 ? '' : ` and ${hash} % ${every} = 0`;
  return `select ${names} from ${atPin(schema.table, at)} where ${where}${sample} order by ${names}`;
}

/** The last range is open; a boundary at the very last key makes it empty, which does no harm. */
function between(first: string | undefined, ends: readonly string[]): KeyRange[] {
  const lowers: readonly (string | undefined)[] = [first, ...ends];
  return lowers.map((lower, i) => ({ lower, upper: ends[i] }));
}
