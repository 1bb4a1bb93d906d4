import { CdcError } from '../../errors.ts';
import { tableKey, type TableName } from '../../task/task.ts';
import { applyWindow, type WayOfReading } from './apply-window.ts';
import { BegunReads } from './begun-reads.ts';
import { ComparedTables, isMended, isToCompare, noteCompared } from '../tables/compared-tables.ts';
import { checkpointInterval, IDLE_ADVANCE_MS } from '../../record/lag.ts';
import { describedTable } from '../tables/described-table.ts';
import { currentSets, type Endpoints, toAdopt } from '../tables/endpoints.ts';
import { hasReachedEnd, isPastEnd } from '../history/finish-task.ts';
import { noteKeptByPitr } from '../history/kept-by-pitr.ts';
import { loadTable } from '../load/load-table.ts';
import { noteTables } from '../tables/note-tables.ts';
import { ownCurrentTables } from '../tables/owned-tables.ts';
import { freeTables, ownNewTables } from './new-tables.ts';
import { PinRelease } from '../history/pin-release.ts';
import { createPin, dropOwnPin, makeSureHeld } from '../history/pins.ts';
import { planRebuild, planWindow } from './plan-window.ts';
import type { WindowPlan } from './window-plan.ts';
import { pollWait } from './poll-pace.ts';
import type { PendingWindow, Pin, Window } from '../../data/position.ts';
import type { Progress } from '../../record/progress.ts';
import { gaveUpRefused, noteRefused } from './refused-window.ts';
import { resyncTable, type WindowSteps } from '../compare/resync.ts';
import { alterTables, finishTables } from '../tables/schema-changes.ts';
import { noteSimplified, simplifiedTables } from '../tables/simplified.ts';
import type { Session } from '../session/session.ts';
import { asideAmong, isAnyComingBack } from '../tables/set-aside.ts';
import type { FencePosition } from '../endpoints/sink.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';
import { Verification } from '../compare/verification.ts';
import { WindowRecord } from './window-record.ts';

/** Window after window until the deadline or the task's end, or just one in `tick` mode. */
export async function runWindows(session: Session, ends: Endpoints): Promise<void> {
  await noteKeptByPitr(session, ends.source);
  const release = new PinRelease(session, ends.source);
  try {
    await windowAfterWindow(session, ends, release);
  } catch (error) {
    await release.done().catch(() => undefined);
    throw error;
  }
  await release.done();
}

async function windowAfterWindow(session: Session, ends: Endpoints, release: PinRelease): Promise<void> {
  const { options } = session.record.spec;
  const { clock } = session.deps;
  const checks = new Verification(session, ends);
  let movedAt = 0;
  let foundAt = clock.now();
  // A check stores more often than that by itself, and the checkpoint is not to stay behind for as long as it lasts; nor
  // for ever where looks take so long that the lease is renewed in each.
  const idleUntil = (interval: number): number =>
    Math.min(
      movedAt + 2 * checkpointInterval(options),
      Math.max(movedAt + interval, movedAt === 0 || checks.wanted ? 0 : session.storedAt + IDLE_ADVANCE_MS),
    );
  let owned = false;
  for (;;) {
    session.checkpointOrStop();
    if (hasReachedEnd(session)) return;
    if (!owned) await ownCurrentTables(session, ends, checkpointOf(session));
    owned = true;
    const lookedAt = clock.now();
    const changed = await mayHaveChanged(session, ends);
    const lookTook = clock.now() - lookedAt;
    const waits = isAnyComingBack(session) || toAdopt(session) !== undefined;
    let found = false;
    if (changed || waits || isPastEnd(session) || clock.now() >= idleUntil(IDLE_ADVANCE_MS)) {
      found = await runWindow(session, ends, changed, release);
      movedAt = clock.now();
      if (found) foundAt = movedAt;
    }
    await session.recovered();
    await checks.slice(checkpointOf(session));
    if (checks.wanted) continue;
    if (options.mode === 'tick') return;
    if (found) continue;
    const wait = pollWait(clock.now() - foundAt, lookTook, options.pollIntervalMs);
    const due = idleUntil(checkpointInterval(options)) - clock.now();
    await clock.sleep(Math.max(0, Math.min(wait, due)), session.signal);
  }
}

/** New tables, and dropped ones that have come back, show in the next idle window: they would always look changed. */
async function mayHaveChanged(session: Session, ends: Endpoints): Promise<boolean> {
  const checkpoint = checkpointOf(session);
  const set = await currentSets(session, ends).at(checkpoint);
  const names: TableName[] = set.tables.map((mapping) => mapping.source);
  const { missing, aside } = session.progress;
  const present = names.filter((table) => !missing.includes(tableKey(table)) && !Object.hasOwn(aside, tableKey(table)));
  return await ends.source.changedSince(present, checkpoint);
}

/**
 * A new window up to now; false when there is nothing in it. Nothing is written to the sink before the window's end is
 * stored, which is done while the changes are read where there probably are some.
 */
async function runWindow(session: Session, ends: Endpoints, changed: boolean, release: PinRelease): Promise<boolean> {
  const after = checkpointOf(session);
  const startedAt = session.deps.clock.now();
  await release.done();
  const until = await createPin(session, ends.source);
  const { selection } = session.record;
  const adopts = toAdopt(session);
  const record = new WindowRecord(session, { number: session.progress.window + 1, until, selection }, adopts);
  const compared = new ComparedTables();
  const reads = new BegunReads(ends.source, compared);
  const onlyRows = (): void => {
    if (adopts === undefined) record.begin();
  };
  try {
    const opening = changed ? { reads, onlyRows } : undefined;
    const plan = await planWindow(session, ends, { after, until }, selection, opening);
    if (isEmpty(plan)) {
      await record.begun();
      await makeSureHeld(session, ends.source, until);
      const notes = noted(session, ends, plan, false);
      const checkpoint = { checkpoint: until, pending: undefined, selection };
      await session.advance({ ...checkpoint, caughtUpAt: startedAt, ...notes }, adopts);
      await freeTables(ends, plan);
      release.begin(after);
      return false;
    }
    if (plan.reshaped.length + plan.added.length > 0) await forgetOlderChunks(ends);
    // One that is another task's has not begun the window: an edit may still give the table another place.
    await ownNewTables(ends, plan);
    await record.stored();
    if (plan.changed.length > 1 || !isOnlyRows(plan)) await reads.endOpen();
    const way = { begun: false, compared };
    await complete(session, { ...ends, source: reads.source }, plan, false, record.pending, startedAt, way);
    release.begin(after);
    return true;
  } catch (error) {
    await record.settled();
    await reads.endOpen();
    if (isMended(error) && session.progress.pending === undefined) {
      // Without a look at the changes: what the task is to stop at it finds now, or never.
      const plan = await planWindow(session, ends, { after, until }, selection);
      await forgetOlderChunks(ends);
      await ownNewTables(ends, plan);
      await record.stored();
    }
    await finishByComparing(session, ends, error, record.pending.number);
    return true;
  }
}

/** Plans of loads and resyncs hold for one pin: what an abandoned one has left must not pass for a plan of this window. */
const forgetOlderChunks = ({ sink }: Endpoints): Promise<void> => sink.forgetChunks();

/** Ends the window with a table compared, where that mends the error; else fails with it. */
async function finishByComparing(session: Session, ends: Endpoints, error: unknown, number: number): Promise<void> {
  if (await isToCompare(session, error, number)) {
    await finishPendingWindow(session, ends, await ends.sink.takeOver(session.key.epoch));
    return;
  }
  await noteRefused(session, error, number);
  throw error;
}

/** Finishes the window that an earlier worker began: the same one, for net changes up to a later end differ. */
export async function finishPendingWindow(session: Session, ends: Endpoints, fence: FencePosition): Promise<void> {
  const { pending } = session.progress;
  if (pending === undefined) return;
  const after = session.progress.checkpoint;
  session.deps.log('info', 'window.resumed', { ...session.logFields, window: pending.number, fence });
  const plan =
    after === undefined
      ? await planRebuild(session, ends, pending.until, pending.selection)
      : await planWindow(session, ends, { after, until: pending.until }, pending.selection);
  if (await gaveUpRefused(session, ends, pending, fence, after !== undefined && isOnlyRows(plan))) {
    await finishPendingWindow(session, ends, fence);
    return;
  }
  const way = { begun: fence.batch > 0, compared: new ComparedTables() };
  try {
    await ownNewTables(ends, plan);
    await complete(session, ends, plan, fence.window === pending.number, pending, session.progress.caughtUpAt, way);
  } catch (error) {
    await finishByComparing(session, ends, error, pending.number);
    return;
  }
  if (after !== undefined) await dropOwnPin(session, ends.source, after);
}

/** Applies the plan unless that was done before; makes the window's end the checkpoint. Its beginning may go then. */
async function complete(
  session: Session,
  ends: Endpoints,
  plan: WindowPlan,
  applied: boolean,
  pending: PendingWindow,
  caughtUpAt: number,
  way: WayOfReading,
): Promise<void> {
  const after = session.progress.checkpoint;
  const { until } = pending;
  const rows = applied
    ? 0
    : await applyPlan(session, ends, plan, { after: after ?? until, until }, pending.number, way);
  const left = await finishTables(session, ends, applied ? withoutReturning(session, plan) : plan);
  session.counts.windows += 1;
  session.counts.rowsApplied += rows;
  await session.advance({
    checkpoint: pending.until,
    selection: pending.selection,
    pending: undefined,
    window: pending.number,
    rowsApplied: session.progress.rowsApplied + rows,
    caughtUpAt,
    ...noted(session, ends, plan, applied),
    ...noteCompared(session, way.compared, pending),
    ...(isOnlyRows(plan) ? {} : await simplifiedBy(session, ends, plan, pending.until, left)),
  });
  await freeTables(ends, plan);
  // The plans of this window's loads and resyncs are not those of the next one's.
  if (plan.reshaped.length + plan.added.length > 0) await ends.sink.forgetChunks();
  session.deps.log('info', 'window.applied', { ...session.logFields, window: pending.number, rows });
}

/** New tables come first, then those that are not the same any more, then the changes of the others. */
async function applyPlan(
  session: Session,
  ends: Endpoints,
  plan: WindowPlan,
  window: Window,
  number: number,
  way: WayOfReading,
): Promise<number> {
  let batches = 0;
  let rows = 0;
  const steps: WindowSteps = {
    next: (chunk) => ({
      window: number - 1,
      batch: (batches += 1),
      checkpoint: undefined,
      ...(chunk === undefined ? {} : { chunk }),
    }),
  };
  for (const mapping of plan.created) {
    await attributeErrorsTo(mapping.source, async () => {
      await ends.sink.createTable(await describedTable(ends, mapping, window.until));
    });
  }
  for (const mapping of plan.added) {
    await attributeErrorsTo(mapping.source, () =>
      loadTable(session, ends, mapping, window.until, session.record.spec.options.existingRows),
    );
    session.deps.log('info', 'table.added', { ...session.logFields, table: tableKey(mapping.source) });
  }
  for (const reshaped of plan.reshaped) {
    const name = reshaped.table.schema.table;
    session.deps.log('info', 'table.resync', { ...session.logFields, table: tableKey(name) });
    rows += await attributeErrorsTo(name, () => resyncTable(session, ends, reshaped, window.until, steps));
  }
  await alterTables(session, ends, plan);
  return rows + (await applyWindow(session, ends, plan.changed, window, number, batches, way));
}

const noted = (session: Session, { tables }: Endpoints, plan: WindowPlan, applied: boolean) => ({
  missing: plan.missing,
  aside: asideAfter(session, plan, applied),
  ...(tables.changing || isEdited(plan) ? noteTables(session.progress, plan.set, plan.gone) : {}),
});

/** What is known now of the tables that the window has altered, made or taken out. */
async function simplifiedBy(
  session: Session,
  ends: Endpoints,
  { altered, reshaped, added, created, set }: WindowPlan,
  until: Pin,
  left: ReadonlyMap<string, readonly string[]>,
): Promise<Pick<Progress, 'simplified'>> {
  const tables = [...altered, ...reshaped].map(({ table }) => table);
  for (const mapping of [...added, ...created]) {
    tables.push(await attributeErrorsTo(mapping.source, () => describedTable(ends, mapping, until)));
  }
  const gone = [...set.dropped, ...set.removed].map(({ source }) => tableKey(source));
  return noteSimplified(session.progress, await simplifiedTables(ends, tables, left), gone);
}

const isOnlyRows = ({ altered, reshaped, added, created, gone }: WindowPlan): boolean =>
  [altered, reshaped, added, created, gone].every((tables) => tables.length === 0);

const isEmpty = (plan: WindowPlan): boolean => plan.changed.length === 0 && isOnlyRows(plan);

const isEdited = ({ set }: WindowPlan): boolean => set.added.length + set.removed.length > 0;

/**
 * Tables that the plan has brought back are in step again; those that the source or the task has no more are no matter of
 * ours. Of a window that an earlier worker applied nobody knows what had come back by then: it comes back once more.
 */
function asideAfter(
  { progress }: Session,
  { reshaped, set, missing }: WindowPlan,
  applied: boolean,
): Progress['aside'] {
  const left = new Set([...set.kept, ...set.added, ...set.aside].map(({ source }) => tableKey(source)));
  for (const { table } of applied ? [] : reshaped) left.delete(tableKey(table.schema.table));
  for (const table of missing) left.delete(table);
  return asideAmong(progress.aside, left);
}

/** What was asked to come back only after an earlier worker had applied the window has not got its rows. */
const withoutReturning = ({ progress }: Session, plan: WindowPlan): WindowPlan => ({
  ...plan,
  reshaped: plan.reshaped.filter(({ table }) => !Object.hasOwn(progress.aside, tableKey(table.schema.table))),
});

function checkpointOf({ progress }: Session): Pin {
  if (progress.checkpoint === undefined) throw new CdcError('INTERNAL', 'A window without a checkpoint.');
  return progress.checkpoint;
}
