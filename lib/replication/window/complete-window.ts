import { isDeepStrictEqual } from 'node:util';
import { type TableMapping, tableKey, type TableKey } from '../../task/task.ts';
import { applyWindow, type WayOfReading } from './apply-window.ts';
import { noteCompared } from '../tables/compared-tables.ts';
import { describedTable } from '../tables/described-table.ts';
import type { Endpoints } from '../tables/endpoints.ts';
import { loadTable } from '../load/load-table.ts';
import { noteTables } from '../tables/note-tables.ts';
import { freeTables } from './new-tables.ts';
import {
  changedTables,
  hasChunks,
  hasSameTables,
  isOnlyRows,
  missingTables,
  resynced,
  stepsOf,
  type WindowPlan,
} from './window-plan.ts';
import type { PendingWindow, Pin, Window } from '../../data/position.ts';
import type { Progress } from '../../record/progress.ts';
import { ResyncProgress } from '../compare/resync-progress.ts';
import { resyncTable, type WindowSteps } from '../compare/resync.ts';
import { alterTables, finishTables } from '../tables/schema-changes.ts';
import { noteSimplified, simplifiedTables } from '../tables/simplified.ts';
import type { Session, StoredTask } from '../session/session.ts';
import { asideAmong } from '../tables/set-aside.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';

/** A window, stored as pending unless it brings rows alone, with what is known of its way so far. */
interface WindowWork {
  readonly plan: WindowPlan;
  /** True when an earlier worker applied the window, and died before it stored the checkpoint. */
  readonly applied: boolean;
  readonly pending: PendingWindow;
  /** When the task was last caught up, once this window is the checkpoint; milliseconds since 1970. */
  readonly caughtUpAt: number;
  readonly way: WayOfReading;
}

/**
 * Applies the plan unless an earlier worker did, and makes the window's end the checkpoint. Then nothing needs the
 * window's beginning any more.
 */
export async function completeWindow(
  session: Session,
  ends: Endpoints,
  { plan, applied, pending, caughtUpAt, way }: WindowWork,
): Promise<void> {
  const after = session.progress.checkpoint;
  const { until } = pending;
  const window = { after: after ?? until, until };
  const rows = applied ? 0 : await applyPlan(session, ends, plan, window, pending.number, way);
  const finished = [...stepsOf(plan, 'alter'), ...resyncedWithRows(session, plan, applied)];
  const left = await finishTables(session, ends, finished, mappingsOf(plan, 'drop'));
  session.counts.windows += 1;
  session.counts.rowsApplied += rows;
  const reached = {
    checkpoint: pending.until,
    window: pending.number,
    rowsApplied: session.progress.rowsApplied + rows,
    caughtUpAt,
    changedAt: session.deps.clock.now(),
  };
  if (session.progress.pending === undefined && way.compared.reasons.size === 0) session.appliedAtSink(reached);
  else {
    await session.advance({
      ...reached,
      selection: pending.selection,
      pending: undefined,
      ...notedTables(session, ends, plan, applied),
      ...noteCompared(session, way.compared, pending),
      ...(isOnlyRows(plan) ? {} : await simplifiedBy(session, ends, plan, pending.until, left)),
    });
  }
  await freeTables(ends, plan);
  // The plans of this window's loads and resyncs are not those of the next window.
  if (hasChunks(plan)) await ends.sink.forgetChunks();
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
  const { existingRows } = session.record.spec.options;
  let batches = 0;
  let rows = 0;
  const steps: WindowSteps = {
    next: (chunk) => ({
      window: number - 1,
      batch: (batches += 1),
      point: undefined,
      ...(chunk === undefined ? {} : { chunk }),
    }),
  };
  for (const mapping of mappingsOf(plan, 'create')) {
    await attributeErrorsTo(mapping.source, async () => {
      await ends.sink.createTable(await describedTable(ends, mapping, window.until));
    });
  }
  for (const mapping of mappingsOf(plan, 'load')) {
    await attributeErrorsTo(mapping.source, () =>
      loadTable(session, ends, mapping, window.until, existingRows === 'compare' ? 'refuse' : existingRows),
    );
    session.log('info', 'table.added', { table: tableKey(mapping.source) });
  }
  const resyncs = stepsOf(plan, 'resync');
  const progress = new ResyncProgress(
    session,
    ends.source,
    resyncs.map(({ table }) => table),
    window.until,
  );
  for (const reshaped of resyncs) {
    const name = reshaped.table.schema.table;
    session.log('info', 'table.resync', { table: tableKey(name) });
    rows += await attributeErrorsTo(name, async () => {
      if (reshaped.isNew === true) await ends.sink.createTable(reshaped.table);
      return await resyncTable(session, ends, reshaped, window.until, steps, progress);
    });
  }
  await alterTables(session, ends, stepsOf(plan, 'alter'));
  return rows + (await applyWindow(session, ends, changedTables(plan), window, number, batches, way));
}

const mappingsOf = (plan: WindowPlan, action: 'load' | 'create' | 'drop'): TableMapping[] =>
  stepsOf(plan, action).map(({ mapping }) => mapping);

/** Does the window change nothing of the task but its checkpoint? Then the fence tells all of it. */
export function bringsRowsAlone(session: StoredTask, ends: Endpoints, plan: WindowPlan): boolean {
  const noted = notedTables(session, ends, plan, false);
  return (
    isOnlyRows(plan) && hasSameTables(plan) && isDeepStrictEqual({ ...session.progress, ...noted }, session.progress)
  );
}

/** What the progress says of the task's tables after the window. */
export const notedTables = (session: StoredTask, { tables }: Endpoints, plan: WindowPlan, applied: boolean) => ({
  missing: missingTables(plan),
  aside: asideAfter(session, plan, applied),
  ...(tables.changing || isEdited(plan) ? noteTables(session.progress, plan.set, mappingsOf(plan, 'drop')) : {}),
});

const isEdited = ({ set }: WindowPlan): boolean => set.added.length + set.removed.length > 0;

/** Notes what the sink does not have of the tables that the window altered, created or removed. */
async function simplifiedBy(
  session: StoredTask,
  ends: Endpoints,
  plan: WindowPlan,
  until: Pin,
  left: ReadonlyMap<TableKey, readonly string[]>,
): Promise<Pick<Progress, 'simplified'>> {
  const tables = [...stepsOf(plan, 'alter'), ...stepsOf(plan, 'resync')].map(({ table }) => table);
  for (const mapping of [...mappingsOf(plan, 'load'), ...mappingsOf(plan, 'create')]) {
    tables.push(await attributeErrorsTo(mapping.source, () => describedTable(ends, mapping, until)));
  }
  const gone = [...plan.set.dropped, ...plan.set.removed].map(({ source }) => tableKey(source));
  return noteSimplified(session.progress, await simplifiedTables(ends, tables, left), gone);
}

/**
 * The tables that stay set aside: without those that the plan brought back, and without those that left the source or
 * the task. If an earlier worker applied the window, we cannot tell which tables it restored, so restore them again.
 */
function asideAfter({ progress }: StoredTask, plan: WindowPlan, applied: boolean): Progress['aside'] {
  const { set } = plan;
  const left = new Set([...set.kept, ...set.added, ...set.aside].map(({ source }) => tableKey(source)));
  for (const table of applied ? [] : resynced(plan)) left.delete(table);
  for (const table of missingTables(plan)) left.delete(table);
  return asideAmong(progress.aside, left);
}

/** If the user asked for a table after an earlier worker applied the window, that table did not get its rows. */
const resyncedWithRows = ({ progress }: StoredTask, plan: WindowPlan, applied: boolean) =>
  stepsOf(plan, 'resync').filter(
    ({ table }) => !applied || !Object.hasOwn(progress.aside, tableKey(table.schema.table)),
  );
