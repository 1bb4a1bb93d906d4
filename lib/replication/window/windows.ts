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
import type { Session, StoredTask } from '../session/session.ts';
import { asideAmong, isAnyComingBack } from '../tables/set-aside.ts';
import type { FencePosition } from '../endpoints/sink.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';
import { Verification } from '../compare/verification.ts';
import { WindowRecord } from './window-record.ts';

/** Runs one window after the other until the deadline or the task's end; in `tick` mode, only one. */
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
  // The write of an idle checkpoint renews the lease too, so wait until other writes are IDLE_ADVANCE_MS ago. Do not
  // wait for them during a check, which stores progress more often. Never wait longer than two intervals: slow looks
  // renew the lease each time.
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

/**
 * Looks only at tables that are present. New tables, and dropped ones that came back, would always look changed: the
 * next idle window finds them.
 */
async function mayHaveChanged(session: Session, ends: Endpoints): Promise<boolean> {
  const checkpoint = checkpointOf(session);
  const set = await currentSets(session, ends).at(checkpoint);
  const names: TableName[] = set.tables.map((mapping) => mapping.source);
  const { missing, aside } = session.progress;
  const present = names.filter((table) => !missing.includes(tableKey(table)) && !Object.hasOwn(aside, tableKey(table)));
  return await ends.source.changedSince(present, checkpoint);
}

/**
 * Runs a new window up to now; false when nothing changed. The sink gets nothing before the window's end is stored. If
 * changes are likely, the end is stored while they are read.
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
    // If another task owns a table, fail before the window is stored: an edit may still map the table elsewhere.
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
      // Plan without reading changes. The task finds now what it has to stop at, or never.
      const plan = await planWindow(session, ends, { after, until }, selection);
      await forgetOlderChunks(ends);
      await ownNewTables(ends, plan);
      await record.stored();
    }
    await finishByComparing(session, ends, error, record.pending.number);
    return true;
  }
}

/**
 * The plan of a load or resync holds for one pin. The plan of an abandoned window must not pass for one of this window.
 */
const forgetOlderChunks = ({ sink }: Endpoints): Promise<void> => sink.forgetChunks();

/** If a comparison of a table mends the error, finishes the window that way; otherwise throws the error. */
async function finishByComparing(session: Session, ends: Endpoints, error: unknown, number: number): Promise<void> {
  if (await isToCompare(session, error, number)) {
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
  const { pending } = session.progress;
  if (pending === undefined) return;
  const after = session.progress.checkpoint;
  session.log('info', 'window.resumed', { window: pending.number, fence });
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

/**
 * Applies the plan unless an earlier worker did, and makes the window's end the checkpoint. Then nothing needs the
 * window's beginning any more.
 */
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
  // The next window must not find the plans of this window's loads and resyncs.
  if (plan.reshaped.length + plan.added.length > 0) await ends.sink.forgetChunks();
  session.log('info', 'window.applied', { window: pending.number, rows });
}

/** Loads new tables first, then compares reshaped ones, then applies the changes of the others. */
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
    session.log('info', 'table.added', { table: tableKey(mapping.source) });
  }
  for (const reshaped of plan.reshaped) {
    const name = reshaped.table.schema.table;
    session.log('info', 'table.resync', { table: tableKey(name) });
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

/** Notes what the sink does not have of the tables that the window altered, created or removed. */
async function simplifiedBy(
  session: StoredTask,
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
 * The tables that stay set aside: without those that the plan brought back, and without those that left the source or
 * the task. If an earlier worker applied the window, we cannot tell which tables it restored, so restore them again.
 */
function asideAfter(
  { progress }: StoredTask,
  { reshaped, set, missing }: WindowPlan,
  applied: boolean,
): Progress['aside'] {
  const left = new Set([...set.kept, ...set.added, ...set.aside].map(({ source }) => tableKey(source)));
  for (const { table } of applied ? [] : reshaped) left.delete(tableKey(table.schema.table));
  for (const table of missing) left.delete(table);
  return asideAmong(progress.aside, left);
}

/** A user may ask for a table after an earlier worker applied the window: such a table did not get its rows. */
const withoutReturning = ({ progress }: StoredTask, plan: WindowPlan): WindowPlan => ({
  ...plan,
  reshaped: plan.reshaped.filter(({ table }) => !Object.hasOwn(progress.aside, tableKey(table.schema.table))),
});

function checkpointOf({ progress }: StoredTask): Pin {
  if (progress.checkpoint === undefined) throw new CdcError('INTERNAL', 'A window without a checkpoint.');
  return progress.checkpoint;
}
