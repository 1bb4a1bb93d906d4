import { pinEpoch, pinPrefix, positionMillis } from '../../data/position.ts';
import type { Session, StoredTask } from '../session/session.ts';
import type { SourceHistory } from '../endpoints/source.ts';

/** True when the checkpoint has reached the task's `endTs`. */
export function hasReachedEnd({ record, progress }: StoredTask): boolean {
  const { endTs } = record.spec.options;
  if (endTs === null || progress.checkpoint === undefined || progress.pending !== undefined) return false;
  return positionMillis(progress.checkpoint.ts) >= Date.parse(endTs);
}

/** True when `endTs` has passed: it is time for the last window. */
export function isPastEnd({ record, deps }: Session): boolean {
  const { endTs } = record.spec.options;
  return endTs !== null && deps.clock.now() >= Date.parse(endTs);
}

/**
 * Drops the task's pins, since the source need not hold history any more. It stores `finishing` first: after a crash,
 * the next worker knows that pins are missing for this reason and no other.
 */
export async function finishTask(session: Session, source: SourceHistory): Promise<void> {
  await session.advance({ phase: 'finishing' });
  for (const { name } of await source.pins(pinPrefix(session.key.id))) {
    if (pinEpoch(name) <= session.key.epoch) await source.dropPin(name);
  }
  await session.advance({ phase: 'finished' });
  session.log('info', 'task.finished');
}
