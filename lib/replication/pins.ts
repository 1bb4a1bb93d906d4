import { CdcError } from '../errors.ts';
import { selectionBefore } from '../task/edit-spec.ts';
import { areaOf } from '../task/table-selection.ts';
import { isOwnPin, type Pin, pinEpoch, pinPrefix, positionAt } from './position.ts';
import type { Session } from './session.ts';
import type { Source } from './source.ts';

export const createPin = async (session: Session, source: Source): Promise<Pin> =>
  await source.createPin(session.nextPinName(), areaOf(session.record.spec));

/**
 * Where a task with a start in the past begins. What a clock names is read only once a later snapshot is visible: a node
 * may not have received everything up to then before. START_NOT_COVERED when nobody holds history from there on.
 */
export async function startPoint(session: Session, source: Source, startTs: string): Promise<Pin> {
  const barrier = await createPin(session, source);
  const start = await source.heldSince(positionAt(Date.parse(startTs)), areaOf(session.record.spec));
  await source.dropPin(barrier.name);
  if (start === undefined) throw notCovered(startTs);
  return start;
}

export const notCovered = (startTs: string): CdcError =>
  new CdcError('START_NOT_COVERED', `No PITR and no snapshot of the source holds what there was at ${startTs}.`);

/** Pins of others are not the task's to drop. */
export async function dropOwnPin({ key }: Session, source: Source, pin: Pin): Promise<void> {
  if (isOwnPin(key.id, pin)) await source.dropPin(pin.name);
}

/**
 * Drops the task's pins that it no longer refers to: a crash between making a pin and storing it leaves one behind.
 * Fails with HISTORY_LOST when one that it refers to is gone or is not the one it made.
 */
export async function sweepPins(session: Session, source: Source): Promise<void> {
  const { checkpoint, loadPin, pending } = session.progress;
  const found = await source.pins(pinPrefix(session.key.id));
  const kept = [checkpoint, loadPin, pending?.until].filter((pin) => pin !== undefined);
  for (const pin of kept) {
    if (!isOwnPin(session.key.id, pin)) await makeSureOf(session, source, pin);
    else if (!found.some((other) => other.name === pin.name && other.ts === pin.ts)) {
      throw new CdcError('HISTORY_LOST', `The snapshot ${pin.name} that the task stands on is not at the source.`);
    }
  }
  for (const pin of found) {
    // A stalled worker that wakes up here must not drop the pins of those that came after it.
    const ours = pinEpoch(pin.name) <= session.key.epoch;
    if (ours && !kept.some((other) => other.name === pin.name)) await source.dropPin(pin.name);
  }
}

/** What others hold may be gone at any time. */
async function makeSureOf({ record, progress }: Session, source: Source, pin: Pin): Promise<void> {
  // What an edit has brought since need not be held from there on.
  const spec = { ...record.spec, ...selectionBefore({ ...record, progress }) };
  const isThere =
    pin.name === ''
      ? (await source.heldSince(pin.ts, areaOf(spec)))?.ts === pin.ts
      : (await source.pins(pin.name)).some(({ name, ts }) => name === pin.name && ts === pin.ts);
  if (isThere) return;
  const what = pin.name === '' ? 'the history from its start on' : `the snapshot ${pin.name}, at which it starts,`;
  throw new CdcError('HISTORY_LOST', `Before the task had read it, ${what} is no longer held by the source.`);
}
