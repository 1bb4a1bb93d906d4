import type { Endpoints } from '../tables/endpoints.ts';
import type { Session } from '../session/session.ts';
import type { RangeSize } from '../endpoints/source.ts';

/** Rows and keys that a comparison remembers, at most: a resync goes by the chunks of a load. */
const COMPARED: RangeSize = { rows: 100_000, bytes: 64 * 1024 * 1024 };

/** Up to how many changes a window is applied in one transaction: as the task says, within what the sink takes. */
export async function transactionLimits({ record }: Session, { sink }: Endpoints) {
  const { transactionRows, transactionBytes } = record.spec.options;
  return { transactionRows, transactionBytes: Math.min(transactionBytes, (await sink.transactionBytes()) ?? Infinity) };
}

/** What a chunk may hold, which goes to the sink in one transaction, or is compared with it. */
export async function chunkSize({ record }: Session, { sink }: Endpoints, use: 'load' | 'compare'): Promise<RangeSize> {
  const { chunkRows: rows, chunkBytes: bytes } = record.spec.options;
  const most = (await sink.transactionBytes()) ?? Infinity;
  const { rows: mostRows, bytes: mostBytes } = use === 'compare' ? COMPARED : { rows: Infinity, bytes: Infinity };
  return { rows: Math.min(rows, mostRows), bytes: Math.min(bytes, most, mostBytes) };
}
