import { pinEpoch, pinPrefix, positionMillis } from '../../data/position.ts';
import type { Session } from '../session/session.ts';
import type { SourceHistory } from '../endpoints/source.ts';

/** Has the task come as far as it was asked to? */
export function hasReachedEnd({ record, progress }: Session): boolean {
  const { endTs } = record.spec.options;
  if (endTs === null || progress.checkpoint === undefined || progress.pending !== undefined) return false;
  return positionMillis(progress.checkpoint.ts) >= Date.parse(endTs);
}

/** Is it time for the last window? */
export function isPastEnd({ record, deps }: Session): boolean {
  const { endTs } = record.spec.options;
  return endTs !== null && deps.clock.now() >= Date.parse(endTs);
}

/**
 * The source no longer has to hold history. In two steps: after a crash between them, the next worker knows that pins
 * may be gone for this reason and no other.
 */
export async function finishTask(session: Session, source: SourceHistory): Promise<void> {
  await session.advance({ phase: 'finishing' });
  for (const { name } of await source.pins(pinPrefix(session.key.id))) {
    if (pinEpoch(name) <= session.key.epoch) await source.dropPin(name);
  }
  await session.advance({ phase: 'finished' });
  session.deps.log('info', 'task.finished', session.logFields);
}
