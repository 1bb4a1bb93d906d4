import { isWithoutCopy, tableKey } from '../../task/task.ts';
import { currentSets, type Endpoints } from '../tables/endpoints.ts';
import { dropOwnPin } from '../history/pins.ts';
import { beginRebuild } from '../window/rebuild.ts';
import { isAllNoted, isRefusal } from '../window/refused-window.ts';
import type { Session, StoredTask } from '../session/session.ts';
import type { FencePosition } from '../endpoints/sink.ts';
import { TableError } from '../../data/table-error.ts';

/**
 * Loads the tables. A row that the sink refuses stops the task, and correcting it at the source does not help: the load
 * pin keeps the refused row. The first attempt after that is the load again, since somebody may have mended the sink
 * table. If the sink refuses it again, the task gives up the load and compares all tables at a later pin, which has the
 * present row. With `tableErrors` `ignore` the task goes on without the table and needs no other pin.
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
    // A comparison would copy rows that a task without a load must leave out.
    const stops = isWithoutCopy(options) || options.tableErrors === 'ignore' || signal.aborted;
    if (stops || !(error instanceof TableError) || !isRefusal(error)) throw error;
    if (loadRefused === undefined) await session.advance({ loadRefused: 'noted' });
    if (loadRefused === undefined || !(await mayCompareAll(session, ends))) throw error;
    // The rebuild deletes the plans next: after that, only this note tells a later worker.
    await session.advance({ loadRefused: 'given-up' });
  }
  const { loadPin } = session.progress;
  await beginRebuild(session, ends, fence, session.record.spec.options.existingRows === 'refuse');
  if (loadPin !== undefined) await dropOwnPin(session, ends.source, loadPin);
  session.log('warn', 'load.given-up');
}

/**
 * A comparison deletes all other rows of the sink tables, so each table must be the task's own. A table with a plan was
 * empty when the plan was made, or was emptied then. A later table is in neither plans nor progress, and is loaded as a
 * new one. After a restart, the load may first have to alter sink tables, which a comparison never does.
 */
async function mayCompareAll(session: StoredTask, ends: Endpoints): Promise<boolean> {
  const { restartedFrom = [], loadPin } = session.progress;
  const { generation, spec } = session.record;
  if (restartedFrom.length > 0 || loadPin === undefined) return false;
  if (spec.options.existingRows !== 'refuse') return true;
  const { tables } = await currentSets(session, ends).found(loadPin);
  const plans = await ends.sink.plans(generation);
  return isAllNoted(session, tables) && tables.every(({ sink }) => plans.has(tableKey(sink)));
}
