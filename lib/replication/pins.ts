import { CdcError } from '../errors.ts';
import { areaOf } from '../task/table-selection.ts';
import { type Pin, pinEpoch, pinPrefix } from './position.ts';
import type { Session } from './session.ts';
import type { Source } from './source.ts';

export const createPin = async (session: Session, source: Source): Promise<Pin> =>
  await source.createPin(session.nextPinName(), areaOf(session.record.spec));

/**
 * Drops the task's pins that it no longer refers to: a crash between making a pin and storing it leaves one behind.
 * Fails with HISTORY_LOST when one that it refers to is gone or is not the one it made.
 */
export async function sweepPins(session: Session, source: Source): Promise<void> {
  const { checkpoint, loadPin, pending } = session.progress;
  const found = await source.pins(pinPrefix(session.key.id));
  const kept = [checkpoint, loadPin, pending?.until].filter((pin) => pin !== undefined);
  for (const pin of kept) {
    if (!found.some((other) => other.name === pin.name && other.ts === pin.ts)) {
      throw new CdcError('HISTORY_LOST', `The snapshot ${pin.name} that the task stands on is not at the source.`);
    }
  }
  for (const pin of found) {
    // A stalled worker that wakes up here must not drop the pins of those that came after it.
    const ours = pinEpoch(pin.name) <= session.key.epoch;
    if (ours && !kept.some((other) => other.name === pin.name)) await source.dropPin(pin.name);
  }
}
