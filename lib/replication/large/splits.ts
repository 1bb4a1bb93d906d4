import { isKeyless } from '../../data/change.ts';
import type { PendingWindow } from '../../data/position.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { HeldLease, Session, StoredTask } from '../session/session.ts';
import { invocationShares } from './invocation.ts';
import { WindowTooLarge } from './window-too-large.ts';

/** After so many workers that have begun to apply parts of a window, the next one compares. */
const MOST_WORKERS = 3;

type Splits = NonNullable<PendingWindow['splits']>;

/** Of a window that is stored before its first part is applied. */
export const firstSplit = ({ key }: HeldLease): Splits => ({ workers: 1, epoch: key.epoch });

/** Counts this worker among those that apply parts of the pending window, before it applies the first one. */
export async function noteSplit(session: StoredTask & HeldLease): Promise<void> {
  const { pending } = session.progress;
  const { workers, epoch } = pending?.splits ?? { workers: 0, epoch: 0 };
  if (pending === undefined || epoch === session.key.epoch) return;
  await session.advance({ pending: { ...pending, splits: { workers: workers + 1, epoch: session.key.epoch } } });
}

/**
 * WindowTooLarge when so many workers have died on the way that another attempt is not worth its time. Workers whose
 * time was up have found that out themselves (WindowPace); those that were killed could not.
 */
export function refuseHopeless(session: Session, { splits }: PendingWindow, changed: readonly SinkTable[]): void {
  const keyed = changed.filter(({ schema }) => !isKeyless(schema)).map(({ schema }) => schema.table);
  if ((splits?.workers ?? 0) < MOST_WORKERS || splits?.epoch === session.key.epoch) return;
  if (keyed.length > 0 && invocationShares(session) !== undefined) throw new WindowTooLarge(keyed);
}
