import { CdcError } from '../../errors.ts';
import { refuseUnsupported } from '../../task/exclude.ts';
import { isWithoutCopy } from '../../task/task.ts';
import { type Endpoints, tableSets, toAdopt } from '../tables/endpoints.ts';
import { finishTask, hasReachedEnd } from '../history/finish-task.ts';
import { createTables, loadTables } from '../load/load.ts';
import { createPin, startPoint, sweepPins } from '../history/pins.ts';
import { newProgress } from '../../record/progress.ts';
import { beganRebuild, rebuildIfLost } from '../window/rebuild.ts';
import { loadOrGiveUp } from './refused-load.ts';
import { remembered } from '../endpoints/remembered-source.ts';
import { reportedSink, reportedSource } from '../endpoints/reported-end.ts';
import type { Session } from '../session/session.ts';
import { stoodAt } from '../tables/since-restart.ts';
import type { FencePosition } from '../endpoints/sink.ts';
import { finishPendingWindow, runWindows } from '../window/windows.ts';

/**
 * One attempt. Servers may refuse to read at a snapshot that they still list: history that shows as lost only then is
 * rebuilt as well, once; what is lost again right after is not to be had that way.
 */
export async function replicateTask(session: Session): Promise<void> {
  if (await replicate(session, true)) await replicate(session, false);
}

/** Takes the fence over and goes on from where the sink and the store say the task stands. True: to be begun again. */
async function replicate(session: Session, mayRebuild: boolean): Promise<boolean> {
  await session.reread();
  // Before anything is copied that was to be left out.
  refuseUnsupported(session.record.spec.exclude);
  const { connectors } = session.deps;
  const report = (rows: number, bytes: number): void => {
    session.moved(rows, bytes);
  };
  const source = remembered(reportedSource(connectors.source(session.record.spec, session.signal), report));
  const sink = reportedSink(connectors.sink(session.record.spec, session.key.id, session.signal), report);
  const ends: Endpoints = { source, sink, ...tableSets(session, source) };
  try {
    await session.makeSureOfLease();
    const fence = await sink.takeOver(session.key.epoch);
    // Of a task that was dropped while this worker was frozen, nothing at the sink says that it must not write.
    await session.deps.store.watch(session.key);
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

/** After a restart nothing of the older generation counts; windows are numbered on from the last one that the sink knows. */
async function startGeneration(session: Session, { sink }: Endpoints, fence: FencePosition): Promise<void> {
  const { generation, selection } = session.record;
  if (session.progress.generation === generation) return;
  await sink.forgetChunks();
  const { window } = fence;
  const { dropped, check } = session.progress;
  const restartedFrom = stoodAt(session.progress);
  const progress = newProgress(generation, session.deps.clock.now(), selection);
  // A check that is done is not done again; one under way begins anew, as the tables do.
  const done = check?.finishedAt === 0 ? undefined : check;
  await session.advance({ ...progress, window, dropped, check: done, restartedFrom }, selection);
}

/** The sink's fence and the stored progress may differ by the one window that was pending, and by no more. */
function compareWithFence({ progress }: Session, fence: FencePosition): void {
  const ahead = fence.window - progress.window;
  if (ahead === 0 || (ahead === 1 && progress.pending !== undefined)) return;
  throw new CdcError(
    'FENCE_MISMATCH',
    `The sink says that window ${fence.window} was applied, the task says ${progress.window}: one of them was restored or replaced.`,
  );
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
    const load = isWithoutCopy(spec.options) ? createTables : loadTables;
    await loadOrGiveUp(session, ends, fence, () => load(session, ends));
  }
  // After the phase is stored: a crash in between leaves a plan that the next attempt forgets here. A window under way
  // may have plans of its own, for new tables and for resyncs, which go on.
  if (session.progress.pending === undefined) await ends.sink.forgetChunks();
}
