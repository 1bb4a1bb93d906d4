import { tableKey, type TableName } from '../../task/task.ts';
import { checkpointInterval, IDLE_ADVANCE_MS } from '../../record/lag.ts';
import { currentSets, type Endpoints, toAdopt } from '../tables/endpoints.ts';
import { hasReachedEnd, isPastEnd } from '../history/finish-task.ts';
import { noteKeptByPitr } from '../history/kept-by-pitr.ts';
import { ownCurrentTables } from '../tables/owned-tables.ts';
import { PinRelease } from '../history/pin-release.ts';
import { pollWait } from './poll-pace.ts';
import { checkpointOf, runWindow } from './run-window.ts';
import type { Session } from '../session/session.ts';
import { isAnyComingBack } from '../tables/set-aside.ts';
import { Verification } from '../compare/verification.ts';

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
