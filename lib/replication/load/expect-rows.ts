import { tableKey, type TableMapping } from '../../task/task.ts';
import { forEachConcurrently } from '../../concurrency/concurrently.ts';
import { MOST_SHOWN, NOTHING_YET, withTable } from '../../record/table-room.ts';
import type { Pin } from '../../data/position.ts';
import type { Session, SessionStop } from '../session/session.ts';
import type { SourceCatalog } from '../endpoints/source.ts';

/** Tables counted concurrently. */
const LANES = 4;

/** Notes how many rows there are to load, and when this worker begins to load them. */
export async function expectRows(
  session: Session,
  source: SourceCatalog,
  mappings: readonly TableMapping[],
  pin: Pin,
): Promise<void> {
  const { rowsLoaded, loadRun } = session.progress;
  let { tables } = session.progress;
  const uncounted = mappings.slice(0, MOST_SHOWN).filter((each) => tables[tableKey(each.source)]?.total === undefined);
  await forEachConcurrently(uncounted, LANES, async (mapping) => {
    const key = tableKey(mapping.source);
    const total = await count(session, source, mapping, pin);
    if (total !== undefined) tables = withTable(tables, key, { ...(tables[key] ?? NOTHING_YET), total });
  });
  const begun = loadRun !== undefined && loadRun.since >= session.begunAt;
  // Storing the same again would count as progress: a further attempt of the same worker does not.
  if (begun && tables === session.progress.tables) return;
  const run = begun ? loadRun : { since: session.deps.clock.now(), rows: rowsLoaded };
  await session.advance({ tables, loadRun: run });
}

/**
 * Undefined when the table cannot be counted: an estimate is worth no error. If the table is at fault, the load fails
 * too.
 */
async function count(
  session: SessionStop,
  source: SourceCatalog,
  mapping: TableMapping,
  pin: Pin,
): Promise<number | undefined> {
  session.checkpointOrStop();
  try {
    return await source.countRows(mapping.source, pin);
  } catch {
    session.signal.throwIfAborted();
    return undefined;
  }
}
