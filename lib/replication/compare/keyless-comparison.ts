import type { Row } from '../../data/change.ts';
import { sameSum } from '../../data/buckets.ts';
import { type Differences, NO_DIFFERENCES } from './found-differences.ts';
import type { Endpoints } from '../tables/endpoints.ts';
import { WHOLE } from '../../data/key-position.ts';
import type { Pin } from '../../data/position.ts';
import { rowDigest } from '../../data/row-digest.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';

/**
 * Rows go into this many buckets by their digest; each bucket keeps a count and a sum of digests. So memory is bounded.
 */
const BUCKETS = 65_536;

/**
 * Compares a table without a key at a pin with its sink table; a row counts as often as it occurs. All numbers are 0
 * only when the tables are equal. Otherwise they are lower bounds, since rows in the same bucket may cancel out.
 * Rows are read only if the checksums differ.
 */
export async function compareKeyless(
  signal: AbortSignal,
  ends: Endpoints,
  table: SinkTable,
  pin: Pin,
): Promise<Differences> {
  const rows = await equalRows(ends, table, pin);
  return rows === undefined ? compareRows(signal, ends, table, pin) : { ...NO_DIFFERENCES, rows };
}

/** The number of rows, if both ends tell by their checksums that they have the same. */
async function equalRows({ source, sink }: Endpoints, table: SinkTable, pin: Pin): Promise<number | undefined> {
  if (sink.rowHash === undefined) return undefined;
  const [there, here] = await Promise.all([
    source.checksum(table.schema, pin, WHOLE, sink.rowHash),
    sink.checksum(table, WHOLE),
  ]);
  return there !== undefined && here !== undefined && sameSum(there, here) ? there.rows : undefined;
}

async function compareRows(
  signal: AbortSignal,
  { source, sink }: Endpoints,
  table: SinkTable,
  pin: Pin,
): Promise<Differences> {
  const form = (await sink.comparedForm(table)) ?? ((row: Row) => row);
  const buckets = new Buckets();
  let rows = 0;
  for await (const read of source.readRange(table.schema, pin, WHOLE)) {
    signal.throwIfAborted();
    for (const row of read) buckets.add(form(row), 1);
    rows += read.length;
  }
  for await (const read of sink.readRange(table, WHOLE)) {
    signal.throwIfAborted();
    for (const row of read) buckets.add(form(row), -1);
  }
  // No examples: there is no key to name a row by.
  return { rows, ...buckets.differences(), examples: [] };
}

class Buckets {
  readonly #counts = new Float64Array(BUCKETS);
  /** Modulo 2^64, as BigUint64Array computes. */
  readonly #sums = new BigUint64Array(BUCKETS);

  add(row: Row, times: 1 | -1): void {
    const digest = Buffer.from(rowDigest(row), 'base64');
    const bucket = digest.readUInt16BE(0);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + times;
    this.#sums[bucket] = (this.#sums[bucket] ?? 0n) + BigInt(times) * digest.readBigUInt64BE(2);
  }

  differences(): Pick<Differences, 'missing' | 'extra' | 'different'> {
    const found = { missing: 0, extra: 0, different: 0 };
    for (const [bucket, count] of this.#counts.entries()) {
      found.missing += Math.max(0, count);
      found.extra += Math.max(0, -count);
      if (count === 0 && this.#sums[bucket] !== 0n) found.different += 1;
    }
    return found;
  }
}
