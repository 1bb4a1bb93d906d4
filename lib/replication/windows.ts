import { CdcError } from '../errors.ts';
import { tableKey, type TableMapping } from '../task/task.ts';
import { applyWindow } from './apply-window.ts';
import { sameTable, type TableSchema } from './change.ts';
import type { Ends } from './ends.ts';
import { hasReachedEnd, isPastEnd } from './finish-task.ts';
import { inLanes } from './lanes.ts';
import { loadTable } from './load.ts';
import { noteTables } from './note-tables.ts';
import { createPin } from './pins.ts';
import type { PendingWindow, Pin, Window } from './position.ts';
import type { Session } from './session.ts';
import type { FencePosition, SinkTable } from './sink.ts';
import { isNoted } from './table-notes.ts';
import type { SetChange } from './table-set.ts';

/** An idle task moves its checkpoint this often, so that little history is held and `show` stays fresh. */
const IDLE_ADVANCE = 10_000;
/** Tables asked at once whether they changed. */
const ASKED_AT_ONCE = 4;

/** Window after window until the deadline or the task's end, or just one in `tick` mode. */
export async function runWindows(session: Session, ends: Ends): Promise<void> {
  const { pollIntervalMs, mode } = session.record.spec.options;
  const { clock } = session.deps;
  let movedAt = 0;
  for (;;) {
    session.checkpointOrStop();
    if (hasReachedEnd(session)) return;
    const changed = await mayHaveChanged(ends, checkpointOf(session));
    if (changed || clock.now() - movedAt >= IDLE_ADVANCE || isPastEnd(session)) {
      await runWindow(session, ends);
      movedAt = clock.now();
    }
    await session.recovered();
    if (mode === 'tick') return;
    if (!changed) await clock.sleep(pollIntervalMs, session.signal);
  }
}

/** New tables show in the next idle window. */
async function mayHaveChanged({ source, tables }: Ends, since: Pin): Promise<boolean> {
  const set = await tables.at(since);
  const names = set.tables.map((mapping) => mapping.source);
  return await source.changedSince(names, since);
}

/** A new window up to now. Nothing is written to the sink before the window's end is stored. */
async function runWindow(session: Session, ends: Ends): Promise<void> {
  const { source } = ends;
  const after = checkpointOf(session);
  const startedAt = session.deps.clock.now();
  const until = await createPin(session, source);
  const change = await ends.tables.change({ after, until });
  const changed = await changedTables(ends, change.kept, { after, until });
  if (changed.length === 0 && change.added.length === 0) {
    await session.advance({ checkpoint: until, caughtUpAt: startedAt, ...noted(session, ends, change) });
    await source.dropPin(after.name);
    return;
  }
  const pending: PendingWindow = { number: session.progress.window + 1, until };
  await session.advance({ pending });
  await complete(session, ends, change, changed, pending, startedAt);
}

/** Finishes the window that an earlier worker began: the same one, for net changes up to a later end differ. */
export async function finishPendingWindow(session: Session, ends: Ends, fence: FencePosition): Promise<void> {
  const { pending } = session.progress;
  if (pending === undefined) return;
  const window = { after: checkpointOf(session), until: pending.until };
  session.deps.log('info', 'window.resumed', { ...session.logFields, window: pending.number, fence });
  const applied = fence.window === pending.number;
  const change = await ends.tables.change(window);
  const changed = applied ? undefined : await changedTables(ends, change.kept, window);
  await complete(session, ends, change, changed, pending, session.progress.caughtUpAt);
}

/**
 * Loads new tables and applies the changes of the others, unless that was done before (`changed` is missing); then makes
 * the window's end the checkpoint, then lets its beginning go.
 */
async function complete(
  session: Session,
  ends: Ends,
  change: SetChange,
  changed: readonly SinkTable[] | undefined,
  pending: PendingWindow,
  caughtUpAt: number,
): Promise<void> {
  const window = { after: checkpointOf(session), until: pending.until };
  let rows = 0;
  if (changed !== undefined) {
    await loadAdded(session, ends, change, pending.until);
    rows = await applyWindow(session, ends, changed, window, pending.number);
  }
  session.counts.windows += 1;
  session.counts.rowsApplied += rows;
  await session.advance({
    checkpoint: pending.until,
    pending: undefined,
    window: pending.number,
    rowsApplied: session.progress.rowsApplied + rows,
    caughtUpAt,
    ...noted(session, ends, change),
  });
  if (change.added.length > 0) await ends.sink.forgetChunks();
  await ends.source.dropPin(window.after.name);
  session.deps.log('info', 'window.applied', { ...session.logFields, window: pending.number, rows });
}

/** A table that went and came back is loaded over the rows that the task left at the sink. */
async function loadAdded(session: Session, ends: Ends, { added }: SetChange, until: Pin): Promise<void> {
  for (const mapping of added) {
    const own = isNoted(session.progress.dropped, tableKey(mapping.source));
    const existingRows = own ? 'replace' : session.record.spec.options.existingRows;
    await loadTable(session, ends, mapping, until, existingRows);
    session.deps.log('info', 'table.added', { ...session.logFields, table: tableKey(mapping.source) });
  }
}

const noted = ({ progress }: Session, { tables }: Ends, change: SetChange) =>
  tables.changing ? noteTables(progress, change) : {};

/** The tables with changes, each with its schema at the window's end, which must fit the one at its beginning. */
async function changedTables(ends: Ends, tables: readonly TableMapping[], window: Window): Promise<SinkTable[]> {
  const found = new Map<TableMapping, SinkTable>();
  await inLanes(tables, ASKED_AT_ONCE, async (mapping) => {
    if ((await ends.source.countChanges(mapping.source, window)) === 0) return;
    found.set(mapping, { name: mapping.sink, schema: await stableSchema(ends, mapping, window) });
  });
  return tables.flatMap((mapping) => found.get(mapping) ?? []);
}

async function stableSchema({ source }: Ends, mapping: TableMapping, window: Window): Promise<TableSchema> {
  const before = await source.describe(mapping.source, window.after);
  const after = await source.describe(mapping.source, window.until);
  if (sameTable(before, after)) return after;
  throw new CdcError(
    'SCHEMA_CHANGED',
    `${tableKey(mapping.source)} was altered, truncated or made anew at the source.`,
  );
}

function checkpointOf({ progress }: Session): Pin {
  if (progress.checkpoint === undefined) throw new CdcError('INTERNAL', 'A window without a checkpoint.');
  return progress.checkpoint;
}
