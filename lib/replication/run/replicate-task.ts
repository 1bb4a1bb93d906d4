import { refuseUnsupported } from '../../task/exclude.ts';
import { comparesFirst, isWithoutCopy } from '../../task/task.ts';
import { type Endpoints, tableSets, toAdopt } from '../tables/endpoints.ts';
import { finishTask, hasReachedEnd } from '../history/finish-task.ts';
import { compareTables, createTables, loadTables } from '../load/load.ts';
import { createPin, startPoint, sweepPins } from '../history/pins.ts';
import { newProgress } from '../../record/progress.ts';
import { beganRebuild, rebuildIfLost } from '../window/rebuild.ts';
import { compareWithFence, goOnFromFence } from './fence-point.ts';
import { loadOrGiveUp } from './refused-load.ts';
import { reportedSink, reportedSource } from '../endpoints/reported-end.ts';
import type { Session } from '../session/session.ts';
import { stoodAt } from '../tables/since-restart.ts';
import type { FencePosition } from '../endpoints/sink.ts';
import { finishPendingWindow } from '../window/run-window.ts';
import { runWindows } from '../window/windows.ts';

/**
 * Runs one attempt. A server may list a snapshot and yet refuse to read at it. If history proves lost in this way, the
 * attempt rebuilds once; if it is lost again right after, a second rebuild would not help.
 */
export async function replicateTask(session: Session): Promise<void> {
  if (await replicate(session, true)) await replicate(session, false);
}

/**
 * Takes over the fence and goes on from where the sink and the store say the task stands. Returns true when it began a
 * rebuild, so that the caller runs it again.
 */
async function replicate(session: Session, mayRebuild: boolean): Promise<boolean> {
  await session.reread();
  // Check before copying anything that the user meant to exclude.
  refuseUnsupported(session.record.spec.exclude);
  const { connectors } = session.deps;
  const report = (rows: number, bytes: number): void => {
    session.moved(rows, bytes);
  };
  const source = reportedSource(connectors.source(session.record.spec, session.signal), report);
  const sink = reportedSink(connectors.sink(session.record.spec, session.key.id, session.signal), report);
  const ends: Endpoints = { source, sink, ...tableSets(session, source) };
  try {
    await session.makeSureOfLease();
    const fence = await sink.takeOver(session.key.epoch);
    // If the task was dropped while this worker was frozen, the sink has no fence that stops it: ask the store.
    await session.deps.store.watch(session.key);
    goOnFromFence(session, fence, session.deps.clock.now());
    await startGeneration(session, ends, fence);
    if (session.progress.phase === 'finishing') {
      compareWithFence(session, fence);
      await finishTask(session, source);
      return false;
    }
    await rebuildIfLost(session, ends, fence, async () => {
      compareWithFence(session, fence);
      await sweepPins(session, source);
    });
    try {
      await loadUnlessDone(session, ends, fence);
      await finishPendingWindow(session, ends, fence);
      await runWindows(session, ends);
    } catch (error) {
      if (mayRebuild && (await beganRebuild(session, ends, fence, error))) return true;
      throw error;
    }
    if (hasReachedEnd(session)) await finishTask(session, source);
    return false;
  } finally {
    await Promise.allSettled([source.close(), sink.close()]);
  }
}

/**
 * After a restart, forgets the progress of the older generation. Window numbers continue from the last window that the
 * sink knows.
 */
async function startGeneration(session: Session, { sink }: Endpoints, fence: FencePosition): Promise<void> {
  const { generation, selection } = session.record;
  if (session.progress.generation === generation) return;
  await sink.forgetChunks();
  const { window } = fence;
  const { dropped, check } = session.progress;
  const restartedFrom = stoodAt(session.progress);
  const progress = newProgress(generation, session.deps.clock.now(), selection);
  // Keep a check that is done. A check under way begins anew, like the tables.
  const done = check?.finishedAt === 0 ? undefined : check;
  await session.advance({ ...progress, window, dropped, check: done, restartedFrom }, selection);
}

async function loadUnlessDone(session: Session, ends: Endpoints, fence: FencePosition): Promise<void> {
  const { phase } = session.progress;
  const { selection, spec } = session.record;
  if (phase === 'new') {
    const { startTs } = spec.options;
    const { source } = ends;
    const loadPin = startTs === null ? await createPin(session, source) : await startPoint(session, source, startTs);
    await session.advance({ phase: 'load', loadPin, selection }, toAdopt(session));
  }
  if (phase !== 'window') {
    await loadOrGiveUp(session, ends, fence, () => firstCopyOf(session)(session, ends));
  }
  // Do this after the phase is stored: if a worker crashes in between, its plan is forgotten here. A pending window may
  // have plans of its own, for new tables and for resyncs: keep those.
  if (session.progress.pending === undefined) await ends.sink.forgetChunks();
}

/** A restart copies everything anew, whatever the task began with. */
function firstCopyOf({ record: { generation, spec } }: Session): typeof loadTables {
  if (isWithoutCopy(spec.options)) return createTables;
  return comparesFirst(spec.options) && generation === 1 ? compareTables : loadTables;
}
