import { CdcError } from '../../errors.ts';
import { BegunReads } from './begun-reads.ts';
import { ComparedTables, isMended, isToCompare } from '../tables/compared-tables.ts';
import { bringsRowsAlone, completeWindow, notedTables } from './complete-window.ts';
import { type Endpoints, toAdopt } from '../tables/endpoints.ts';
import { freeTables, ownNewTables } from './new-tables.ts';
import { BoundedQuestions } from '../large/bounded-questions.ts';
import { noteTooLarge } from '../large/note-too-large.ts';
import { firstSplit, noteSplit, refuseHopeless } from '../large/splits.ts';
import { WindowTooLarge } from '../large/window-too-large.ts';
import type { PinRelease } from '../history/pin-release.ts';
import { createPin, dropOwnPin, makeSureHeld } from '../history/pins.ts';
import { planRebuild, planWindow } from './plan-window.ts';
import { changedTables, hasChunks, isEmpty, isOnlyRows, type WindowPlan } from './window-plan.ts';
import type { PendingWindow, Pin } from '../../data/position.ts';
import { gaveUpRefused, noteRefused } from './refused-window.ts';
import type { Session, StoredTask } from '../session/session.ts';
import type { FencePosition } from '../endpoints/sink.ts';
import { WindowRecord } from './window-record.ts';

/**
 * Runs a new window up to now; false when nothing changed. The window's end is stored before the sink gets anything of
 * the window, except if the window brings nothing but rows: then it is stored before the sink gets a part of them.
 */
export async function runWindow(
  session: Session,
  ends: Endpoints,
  changed: boolean,
  release: PinRelease,
): Promise<boolean> {
  const after = checkpointOf(session);
  const startedAt = session.deps.clock.now();
  await release.done();
  const until = await createPin(session, ends.source);
  const { selection } = session.record;
  const adopts = toAdopt(session);
  const pending = { number: session.progress.window + 1, until, selection, splits: firstSplit(session) };
  const record = new WindowRecord(session, pending, adopts);
  const compared = new ComparedTables();
  const reads = new BegunReads(ends.source, compared);
  try {
    const questions = new BoundedQuestions(session, ends.source);
    const begun = changed ? reads : undefined;
    const plan = await planWindow(session, ends, { after, until }, selection, { questions, begun });
    if (isEmpty(plan)) {
      await makeSureHeld(session, ends.source, until);
      const notes = notedTables(session, ends, plan, false);
      const checkpoint = { checkpoint: until, pending: undefined, selection };
      await session.advance({ ...checkpoint, caughtUpAt: startedAt, ...notes }, adopts);
      await freeTables(ends, plan);
      release.begin(after);
      return false;
    }
    const isRows = adopts === undefined && bringsRowsAlone(session, ends, plan);
    if (!isRows) await beginWindow(ends, plan, record, hasChunks(plan));
    if (changedTables(plan).length > 1 || !isOnlyRows(plan)) await reads.endOpen();
    const way = { begun: false, resumed: false, compared, store: () => record.store() };
    const work = { plan, applied: false, pending: record.pending, caughtUpAt: startedAt, way };
    await completeWindow(session, { ...ends, source: reads.source }, work);
    release.begin(after);
    return true;
  } catch (error) {
    await reads.endOpen();
    const isLarge = error instanceof WindowTooLarge;
    if ((isLarge || isMended(error)) && session.progress.pending === undefined) {
      // Plan without reading changes. The task finds now what it has to stop at, or never.
      const questions = new BoundedQuestions(session, ends.source);
      const plan = await planWindow(session, ends, { after, until }, selection, isLarge ? undefined : { questions });
      // The comparison that mends the error plans chunks.
      await beginWindow(ends, plan, record, true);
    }
    await finishByComparing(session, ends, error, record.pending.number);
    return true;
  }
}

/** What comes before the first write to the sink. Last of all, the window's end is stored. */
async function beginWindow(
  ends: Endpoints,
  plan: WindowPlan,
  record: WindowRecord,
  plansChunks: boolean,
): Promise<void> {
  // The chunks of an abandoned window hold for another pin: they must not pass for chunks of this one.
  if (plansChunks) await ends.sink.forgetChunks();
  // If another task owns a table, fail before the window is stored: an edit may still map the table elsewhere.
  await ownNewTables(ends, plan);
  await record.store();
}

/** If a comparison of a table mends the error, finishes the window that way; otherwise throws the error. */
async function finishByComparing(session: Session, ends: Endpoints, error: unknown, number: number): Promise<void> {
  if ((await isToCompare(session, error, number)) || (await noteTooLarge(session, ends.source, error, number))) {
    await finishPendingWindow(session, ends, await ends.sink.takeOver(session.key.epoch));
    return;
  }
  await noteRefused(session, error, number);
  throw error;
}

/**
 * Finishes the window that an earlier worker began. It must be the same window: net changes up to a later end differ.
 */
export async function finishPendingWindow(session: Session, ends: Endpoints, fence: FencePosition): Promise<void> {
  const found = session.progress.pending;
  if (found === undefined) return;
  const after = session.progress.checkpoint;
  session.log('info', 'window.resumed', { window: found.number, fence });
  const { plan, pending } = await planPending(session, ends, found);
  if (await gaveUpRefused(session, ends, pending, fence, after !== undefined && isOnlyRows(plan))) {
    await finishPendingWindow(session, ends, fence);
    return;
  }
  const store = (): Promise<void> => noteSplit(session);
  const way = { begun: fence.batch > 0, resumed: true, compared: new ComparedTables(), store };
  try {
    await ownNewTables(ends, plan);
    const applied = fence.window === pending.number;
    await completeWindow(session, ends, { plan, applied, pending, caughtUpAt: session.progress.caughtUpAt, way });
  } catch (error) {
    await finishByComparing(session, ends, error, pending.number);
    return;
  }
  if (after !== undefined) await dropOwnPin(session, ends.source, after);
}

interface PlannedWindow {
  readonly plan: WindowPlan;
  /** As it is stored by now. */
  readonly pending: PendingWindow;
}

/** Plans the pending window. If it is too large, notes that first, so that tables are compared. */
async function planPending(session: Session, ends: Endpoints, pending: PendingWindow): Promise<PlannedWindow> {
  const { checkpoint: after } = session.progress;
  if (after === undefined) return { plan: await planRebuild(session, ends, pending.until, pending.selection), pending };
  try {
    const asking = { questions: new BoundedQuestions(session, ends.source) };
    const plan = await planWindow(session, ends, { after, until: pending.until }, pending.selection, asking);
    refuseHopeless(session, pending, changedTables(plan));
    return { plan, pending };
  } catch (error) {
    if (!(await noteTooLarge(session, ends.source, error, pending.number))) throw error;
    return await planPending(session, ends, session.progress.pending ?? pending);
  }
}

export function checkpointOf({ progress }: StoredTask): Pin {
  if (progress.checkpoint === undefined) throw new CdcError('INTERNAL', 'A window without a checkpoint.');
  return progress.checkpoint;
}
