import { CdcError } from '../../errors.ts';
import { selectionBefore } from '../../record/task-record.ts';
import { areaOf } from '../../task/table-selection.ts';
import type { TaskSpec } from '../../task/task.ts';
import {
  isHeldByPitr,
  isOwnPin,
  type Pin,
  pinEpoch,
  pinPrefix,
  positionAt,
  positionMillis,
  samePin,
} from '../../data/position.ts';
import type { HeldLease, Session, StoredTask } from '../session/session.ts';
import type { SourceHistory } from '../endpoints/source.ts';

/** LEASE_LOST when the task is another worker's by now, or is gone: then nobody would ever drop the pin. */
export async function createPin(session: StoredTask & HeldLease, source: SourceHistory): Promise<Pin> {
  await session.makeSureOfLease();
  return await source.createPin(session.nextPinName(), areaOf(session.record.spec));
}

/**
 * The point where a task with a start in the past begins. Makes a snapshot first: once that is visible, the node has
 * received everything up to `startTs`, so reading there is safe. START_NOT_COVERED when nothing holds history from
 * there on.
 */
export async function startPoint(
  session: StoredTask & HeldLease,
  source: SourceHistory,
  startTs: string,
): Promise<Pin> {
  const barrier = await createPin(session, source);
  const start = await source.heldSince(positionAt(Date.parse(startTs)), areaOf(session.record.spec));
  await dropOwnPin(session, source, barrier);
  if (start === undefined) throw notCovered(startTs);
  return start;
}

export const notCovered = (startTs: string): CdcError =>
  new CdcError('START_NOT_COVERED', `No PITR and no snapshot of the source holds its state at ${startTs}.`);

/**
 * Drops the pin if the task made it. Pins of others are not the task's to drop, and a pin held by a PITR has no
 * snapshot.
 */
export async function dropOwnPin({ key }: HeldLease, source: SourceHistory, pin: Pin): Promise<void> {
  if (isOwnPin(key.id, pin)) await source.dropPin(pin.name);
}

/**
 * Drops the task's pins that its progress does not refer to: a worker that crashes after making a pin and before
 * storing it leaves one behind. HISTORY_LOST when a pin of the progress is gone, or was made anew.
 */
export async function sweepPins(session: Session, source: SourceHistory): Promise<void> {
  const { checkpoint, loadPin, pending, restartedFrom = [] } = session.progress;
  const found = await source.pins(pinPrefix(session.key.id));
  const kept = [checkpoint, loadPin, pending?.until].filter((pin) => pin !== undefined);
  for (const pin of kept.filter((pin) => !isHeldByPitr(pin))) {
    if (!isOwnPin(session.key.id, pin)) await makeSureOf(source, pin);
    else if (!found.some((other) => samePin(other, pin))) {
      throw new CdcError('HISTORY_LOST', `The source no longer has the task's snapshot ${pin.name}.`);
    }
  }
  await makeSureHeld(session, source);
  for (const pin of found) {
    // A stalled worker that wakes up here must not drop pins of later workers.
    const ours = pinEpoch(pin.name) <= session.key.epoch;
    // Keep the pins from before a restart as long as the load needs them.
    if (ours && ![...kept, ...restartedFrom].some((other) => other.name === pin.name)) await source.dropPin(pin.name);
  }
}

/** The owner of such a snapshot may drop it at any time. */
async function makeSureOf(source: SourceHistory, pin: Pin): Promise<void> {
  if ((await source.pins(pin.name)).some((other) => samePin(other, pin))) return;
  const what = `the snapshot ${pin.name}, at which it starts,`;
  throw new CdcError('HISTORY_LOST', `The source no longer has ${what}, and the task has not read it yet.`);
}

/**
 * Makes sure that a PITR holds those pins of the progress, and of `more`, that have no snapshot; HISTORY_LOST
 * otherwise. Call it after a read, before the result is used. The answer covers the whole time of the read: a PITR that
 * reaches back from now to before the pin has held the pin ever since.
 */
export async function makeSureHeld(session: Session, source: SourceHistory, ...more: readonly Pin[]): Promise<void> {
  const { checkpoint, loadPin, pending, pitrReach: known } = session.progress;
  const { record } = session;
  lastMadeSure.set(session, session.deps.clock.now());
  // The area that an edit added need not be held from before the window that adopts the edit.
  const before = { ...record.spec, ...selectionBefore({ ...record, progress: session.progress }) };
  const reaches = [
    await reachFrom(source, [checkpoint, loadPin], before, known),
    await reachFrom(source, [pending?.until, ...more], record.spec, known),
  ].filter((reach) => reach !== undefined);
  const reach = reaches.length === 0 ? known : Math.min(...reaches);
  // Store it, so that `show` can tell how long history lasts, also when no worker runs.
  if (reach !== known) await session.advance({ pitrReach: reach });
}

async function reachFrom(
  source: SourceHistory,
  pins: readonly (Pin | undefined)[],
  spec: TaskSpec,
  known: number | undefined,
): Promise<number | undefined> {
  const held = pins.filter((pin) => pin !== undefined).filter(isHeldByPitr);
  const [oldest] = held.toSorted((a, b) => (BigInt(a.ts) < BigInt(b.ts) ? -1 : 1));
  if (oldest === undefined) return undefined;
  const reach = await source.pitrReach(oldest.ts, areaOf(spec), known);
  if (reach !== undefined) return reach;
  const since = new Date(positionMillis(oldest.ts)).toISOString();
  throw new CdcError(
    'HISTORY_LOST',
    `The task needs the history since ${since}, and no PITR of the source reaches back to it.`,
  );
}

/** Calls makeSureHeld at most once in ten seconds, within a longer step. */
export async function makeSureHeldLately(session: Session, source: SourceHistory): Promise<void> {
  const since = session.deps.clock.now() - (lastMadeSure.get(session) ?? 0);
  if (since >= LATELY_MS) await makeSureHeld(session, source);
}

const lastMadeSure = new WeakMap<Session, number>();
const LATELY_MS = 10_000;
