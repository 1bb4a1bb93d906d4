import type { Endpoints } from '../tables/endpoints.ts';
import type { StoredTask } from '../session/session.ts';
import type { RangeSize } from '../endpoints/source.ts';

/** The most rows and keys that a comparison remembers: a resync compares chunk by chunk, in chunks of a load. */
const COMPARED: RangeSize = { rows: 100_000, bytes: 64 * 1024 * 1024 };

/**
 * The most changes that one transaction of a window applies: the task's limits, and not more bytes than the sink takes.
 */
export async function transactionLimits({ record }: StoredTask, { sink }: Endpoints) {
  const { transactionRows, transactionBytes } = record.spec.options;
  return { transactionRows, transactionBytes: Math.min(transactionBytes, (await sink.transactionBytes()) ?? Infinity) };
}

/** The most that a chunk may hold. One sink transaction loads it, or one comparison covers it. */
export async function chunkSize(
  { record }: StoredTask,
  { sink }: Endpoints,
  use: 'load' | 'compare',
): Promise<RangeSize> {
  const { chunkRows: rows, chunkBytes: bytes } = record.spec.options;
  const most = (await sink.transactionBytes()) ?? Infinity;
  const { rows: mostRows, bytes: mostBytes } = use === 'compare' ? COMPARED : { rows: Infinity, bytes: Infinity };
  return { rows: Math.min(rows, mostRows), bytes: Math.min(bytes, most, mostBytes) };
}
