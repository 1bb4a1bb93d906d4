import { tableKey, type TableName } from '../../task/task.ts';
import { currentSets, type Endpoints, toAdopt } from '../tables/endpoints.ts';
import { hasReachedEnd, isPastEnd } from '../history/finish-task.ts';
import { noteKeptByPitr } from '../history/kept-by-pitr.ts';
import { ownCurrentTables } from '../tables/owned-tables.ts';
import { PinRelease } from '../history/pin-release.ts';
import { paceOf } from '../../record/pace.ts';
import { checkpointOf, runWindow } from './run-window.ts';
import type { Session, StoredTask, TaskNow } from '../session/session.ts';
import { isAnyComingBack } from '../tables/set-aside.ts';
import { Verification } from '../compare/verification.ts';
import { WindowTimes } from './window-times.ts';

/**
 * Runs one window after the other until the deadline or the task's end. By the tick, it runs only one; an adaptive task
 * goes by the tick once nothing has changed for a while.
 */
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
  const { clock } = session.deps;
  const checks = new Verification(session, ends);
  const times = new WindowTimes(session, checks);
  let owned = false;
  for (;;) {
    session.checkpointOrStop();
    if (hasReachedEnd(session)) return;
    if (!owned) await ownCurrentTables(session, ends, checkpointOf(session));
    owned = true;
    const lookedAt = clock.now();
    const looks = times.mayBegin() || isAwaited(session);
    const found = looks && (await look(session, ends, times, release));
    const tookMs = clock.now() - lookedAt;
    if (looks) await session.recovered();
    await checks.slice(checkpointOf(session));
    if (checks.wanted) continue;
    if (isLastLook(session)) return;
    const rest = times.rest(found, tookMs);
    if (rest > 0 || !found) await clock.sleep(rest, session.signal);
  }
}

/** By the tick, a worker looks once. An adaptive task that has found a change is continuous from then on. */
const isLastLook = ({ record, progress, deps }: Session): boolean =>
  paceOf({ ...record, progress }, deps.clock.now()) === 'tick';

/** Has the user asked for something that the next window brings? */
const isAwaited = (session: StoredTask & TaskNow): boolean =>
  isAnyComingBack(session) || toAdopt(session) !== undefined;

/** Looks at the source, and runs a window if it is time for one; true if something had changed. */
async function look(session: Session, ends: Endpoints, times: WindowTimes, release: PinRelease): Promise<boolean> {
  const changed = await mayHaveChanged(session, ends);
  if (!changed && !isAwaited(session) && !isPastEnd(session) && !times.isIdleWindowDue()) return false;
  times.begins();
  const found = await runWindow(session, ends, changed, release);
  times.ended(found);
  return found;
}

/**
 * Looks only at tables that are present. New tables, and dropped ones that came back, would always look changed: the
 * next idle window finds them.
 */
async function mayHaveChanged(session: StoredTask, ends: Endpoints): Promise<boolean> {
  const checkpoint = checkpointOf(session);
  const set = await currentSets(session, ends).at(checkpoint);
  const names: TableName[] = set.tables.map((mapping) => mapping.source);
  const { missing, aside } = session.progress;
  const present = names.filter((table) => !missing.includes(tableKey(table)) && !Object.hasOwn(aside, tableKey(table)));
  return await ends.source.changedSince(present, checkpoint);
}
