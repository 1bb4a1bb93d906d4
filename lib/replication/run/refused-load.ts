import { isWithoutCopy, tableKey } from '../../task/task.ts';
import { currentSets, type Endpoints } from '../tables/endpoints.ts';
import { dropOwnPin } from '../history/pins.ts';
import { beginRebuild } from '../window/rebuild.ts';
import { isAllNoted, isRefusal } from '../window/refused-window.ts';
import type { Session } from '../session/session.ts';
import type { FencePosition } from '../endpoints/sink.ts';
import { TableError } from '../../data/table-error.ts';

/**
 * Loads. A row that the sink refuses stops the task; at the load pin it stays what it was, whatever becomes of it at the
 * source. So a load that is refused again, after a resume, is given up for a comparison of all tables at a later pin, which
 * has the row as it is by then. (The first further attempt is the load itself: somebody may have mended the sink table.) A
 * task that goes on without the table needs no other pin.
 */
export async function loadOrGiveUp(
  session: Session,
  ends: Endpoints,
  fence: FencePosition,
  load: () => Promise<void>,
): Promise<void> {
  const { loadRefused } = session.progress;
  try {
    if (loadRefused !== 'given-up') {
      await load();
      return;
    }
  } catch (error) {
    const { record, signal } = session;
    const { options } = record.spec;
    // To compare would bring in what a task without a first copy is to leave out.
    const stops = isWithoutCopy(options) || options.tableErrors === 'ignore' || signal.aborted;
    if (stops || !(error instanceof TableError) || !isRefusal(error)) throw error;
    if (loadRefused === undefined) await session.advance({ loadRefused: 'noted' });
    if (loadRefused === undefined || !(await mayCompareAll(session, ends))) throw error;
    // The plans are forgotten next: a worker after that has no other way to know.
    await session.advance({ loadRefused: 'given-up' });
  }
  const { loadPin } = session.progress;
  await beginRebuild(session, ends, fence, session.record.spec.options.existingRows === 'refuse');
  if (loadPin !== undefined) await dropOwnPin(session, ends.source, loadPin);
  session.deps.log('warn', 'load.given-up', session.logFields);
}

/**
 * A comparison deletes every other row of the sink tables, so each table has to be the task's own. One that has a plan was
 * empty, or to be emptied, when the plan was made. A table that comes later is in neither plans nor progress, and is loaded as
 * a new one. After a restart the load may first have to alter sink tables from what they were, which no comparison does.
 */
async function mayCompareAll(session: Session, ends: Endpoints): Promise<boolean> {
  const { restartedFrom = [], loadPin } = session.progress;
  const { generation, spec } = session.record;
  if (restartedFrom.length > 0 || loadPin === undefined) return false;
  if (spec.options.existingRows === 'replace') return true;
  const { tables } = await currentSets(session, ends).found(loadPin);
  const plans = await ends.sink.plans(generation);
  return isAllNoted(session, tables) && tables.every(({ sink }) => plans.has(tableKey(sink)));
}
