import { CdcError } from '../errors.ts';
import { tableKey, type TableName } from '../task/task.ts';
import { applyWindow } from './apply-window.ts';
import { IDLE_ADVANCE } from './checkpoint-interval.ts';
import { currentSets, type Ends, toAdopt } from './ends.ts';
import { hasReachedEnd, isPastEnd } from './finish-task.ts';
import { loadTable } from './load-table.ts';
import { noteTables } from './note-tables.ts';
import { createPin, dropOwnPin, makeSureHeld } from './pins.ts';
import { planRebuild, planWindow, type WindowPlan } from './plan-window.ts';
import type { PendingWindow, Pin, Window } from './position.ts';
import type { Progress } from './progress.ts';
import { resyncTable, type WindowSteps } from './resync.ts';
import { alterTables, finishTables } from './schema-changes.ts';
import type { Session } from './session.ts';
import { asideAmong, isAnyComingBack } from './set-aside.ts';
import type { FencePosition } from './sink.ts';
import { ofTable } from './table-error.ts';
import { TableChecks } from './table-checks.ts';

/** Window after window until the deadline or the task's end, or just one in `tick` mode. */
export async function runWindows(session: Session, ends: Ends): Promise<void> {
  const { pollIntervalMs, mode } = session.record.spec.options;
  const { clock } = session.deps;
  const checks = new TableChecks(session, ends);
  let movedAt = 0;
  for (;;) {
    session.checkpointOrStop();
    if (hasReachedEnd(session)) return;
    const changed = await mayHaveChanged(session, ends);
    const waits = isAnyComingBack(session) || toAdopt(session) !== undefined;
    if (changed || waits || isPastEnd(session) || clock.now() - movedAt >= IDLE_ADVANCE) {
      await runWindow(session, ends);
      movedAt = clock.now();
    }
    await session.recovered();
    await checks.slice(checkpointOf(session));
    if (checks.wanted) continue;
    if (mode === 'tick') return;
    if (!changed) await clock.sleep(pollIntervalMs, session.signal);
  }
}

/** New tables, and dropped ones that have come back, show in the next idle window: they would always look changed. */
async function mayHaveChanged(session: Session, ends: Ends): Promise<boolean> {
  const checkpoint = checkpointOf(session);
  const set = await currentSets(session, ends).at(checkpoint);
  const names: TableName[] = set.tables.map((mapping) => mapping.source);
  const { missing, aside } = session.progress;
  const present = names.filter((table) => !missing.includes(tableKey(table)) && !Object.hasOwn(aside, tableKey(table)));
  return await ends.source.changedSince(present, checkpoint);
}

/** A new window up to now. Nothing is written to the sink before the window's end is stored. */
async function runWindow(session: Session, ends: Ends): Promise<void> {
  const after = checkpointOf(session);
  const startedAt = session.deps.clock.now();
  const until = await createPin(session, ends.source);
  const { selection } = session.record;
  const adopts = toAdopt(session);
  const plan = await planWindow(session, ends, { after, until }, selection);
  if (isEmpty(plan)) {
    await makeSureHeld(session, ends.source, until);
    const notes = noted(session, ends, plan, false);
    await session.advance({ checkpoint: until, selection, caughtUpAt: startedAt, ...notes }, adopts);
    await dropOwnPin(session, ends.source, after);
    return;
  }
  // Plans of loads and resyncs hold for one pin: what an abandoned one has left must not pass for a plan of this window.
  if (plan.reshaped.length + plan.added.length > 0) await ends.sink.forgetChunks();
  const pending: PendingWindow = { number: session.progress.window + 1, until, selection };
  await session.advance({ pending }, adopts);
  await complete(session, ends, plan, false, pending, startedAt);
}

/** Finishes the window that an earlier worker began: the same one, for net changes up to a later end differ. */
export async function finishPendingWindow(session: Session, ends: Ends, fence: FencePosition): Promise<void> {
  const { pending } = session.progress;
  if (pending === undefined) return;
  const after = session.progress.checkpoint;
  session.deps.log('info', 'window.resumed', { ...session.logFields, window: pending.number, fence });
  const plan =
    after === undefined
      ? await planRebuild(session, ends, pending.until, pending.selection)
      : await planWindow(session, ends, { after, until: pending.until }, pending.selection);
  await complete(session, ends, plan, fence.window === pending.number, pending, session.progress.caughtUpAt);
}

/** Applies the plan unless that was done before; makes the window's end the checkpoint; lets its beginning go. */
async function complete(
  session: Session,
  ends: Ends,
  plan: WindowPlan,
  applied: boolean,
  pending: PendingWindow,
  caughtUpAt: number,
): Promise<void> {
  const after = session.progress.checkpoint;
  const { until } = pending;
  const rows = applied ? 0 : await applyPlan(session, ends, plan, { after: after ?? until, until }, pending.number);
  await finishTables(session, ends, applied ? withoutReturning(session, plan) : plan);
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
  });
  // The plans of this window's loads and resyncs are not those of the next one's.
  if (plan.reshaped.length + plan.added.length > 0) await ends.sink.forgetChunks();
  if (after !== undefined) await dropOwnPin(session, ends.source, after);
  session.deps.log('info', 'window.applied', { ...session.logFields, window: pending.number, rows });
}

/** New tables come first, then those that are not the same any more, then the changes of the others. */
async function applyPlan(
  session: Session,
  ends: Ends,
  plan: WindowPlan,
  window: Window,
  number: number,
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
  for (const { source, sink } of plan.created) {
    await ofTable(source, async () => {
      await ends.sink.createTable({ name: sink, schema: await ends.source.describe(source, window.until) });
    });
  }
  for (const mapping of plan.added) {
    await ofTable(mapping.source, () =>
      loadTable(session, ends, mapping, window.until, session.record.spec.options.existingRows),
    );
    session.deps.log('info', 'table.added', { ...session.logFields, table: tableKey(mapping.source) });
  }
  for (const reshaped of plan.reshaped) {
    const name = reshaped.table.schema.table;
    session.deps.log('info', 'table.resync', { ...session.logFields, table: tableKey(name) });
    rows += await ofTable(name, () => resyncTable(session, ends, reshaped, window.until, steps));
  }
  await alterTables(session, ends, plan);
  return rows + (await applyWindow(session, ends, plan.changed, window, number, batches));
}

const noted = (session: Session, { tables }: Ends, plan: WindowPlan, applied: boolean) => ({
  missing: plan.missing,
  aside: asideAfter(session, plan, applied),
  ...(tables.changing || isEdited(plan) ? noteTables(session.progress, plan.set, plan.gone) : {}),
});

const isEmpty = ({ changed, altered, reshaped, added, created, gone }: WindowPlan): boolean =>
  [changed, altered, reshaped, added, created, gone].every((tables) => tables.length === 0);

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
