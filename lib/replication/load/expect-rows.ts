import { tableKey, type TableMapping } from '../../task/task.ts';
import { inLanes } from '../../concurrency/lanes.ts';
import { MOST_SHOWN, withTable } from '../tables/note-tables.ts';
import type { Pin } from '../../data/position.ts';
import type { Progress, TableProgress } from '../../record/progress.ts';
import type { Session } from '../session/session.ts';
import type { Source } from '../endpoints/source.ts';

/** Tables counted at once. */
const LANES = 4;
const NOTHING_YET: TableProgress = { chunks: 0, chunksDone: 0, rows: 0 };

/** Notes how many rows there are to load, and when this worker begins with them. */
export async function expectRows(
  session: Session,
  source: Source,
  mappings: readonly TableMapping[],
  pin: Pin,
): Promise<void> {
  const { rowsLoaded, loadRun } = session.progress;
  let { tables } = session.progress;
  const uncounted = mappings.slice(0, MOST_SHOWN).filter((each) => tables[tableKey(each.source)]?.total === undefined);
  await inLanes(uncounted, LANES, async (mapping) => {
    const key = tableKey(mapping.source);
    const total = await count(session, source, mapping, pin);
    if (total !== undefined) tables = withTable(tables, key, { ...(tables[key] ?? NOTHING_YET), total });
  });
  const begun = loadRun !== undefined && loadRun.since >= session.begunAt;
  // A further attempt of the same worker brings nothing forward by noting the same again.
  if (begun && tables === session.progress.tables) return;
  const run = begun ? loadRun : { since: session.deps.clock.now(), rows: rowsLoaded };
  await session.advance({ tables, loadRun: run });
}

/** No estimate is worth an error: should the table be at fault, the load itself will say so. */
async function count(session: Session, source: Source, mapping: TableMapping, pin: Pin): Promise<number | undefined> {
  session.checkpointOrStop();
  try {
    return await source.countRows(mapping.source, pin);
  } catch {
    session.signal.throwIfAborted();
    return undefined;
  }
}

/** How long the rest of a load takes at the pace of this run; null where that cannot be told. Milliseconds. */
export interface LoadEstimate {
  /** The rows of one table alone. */
  table(key: string): number | null;
  /** All of them. */
  readonly task: number | null;
}

/** `tables`: those to load, by source name. */
export function estimateLoad(progress: Progress, tables: readonly string[], now: number): LoadEstimate {
  const pace = paceOf(progress, now);
  const timeFor = (rows: number | null): number | null =>
    rows === 0 ? 0 : rows === null || pace === 0 ? null : Math.ceil(rows / pace);
  const left = (key: string): number | null => rowsLeft(progress.tables[key] ?? NOTHING_YET);
  // Of more tables than are shown nobody knows the rest.
  const all = tables.length < MOST_SHOWN ? tables.map(left) : [null];
  return {
    table: (key) => timeFor(left(key)),
    task: timeFor(all.reduce((sum, rows) => (sum === null || rows === null ? null : sum + rows), 0)),
  };
}

/** Rows in a millisecond; 0 as long as none have been loaded. */
function paceOf({ loadRun, rowsLoaded }: Progress, now: number): number {
  if (loadRun === undefined || now <= loadRun.since) return 0;
  return Math.max(0, rowsLoaded - loadRun.rows) / (now - loadRun.since);
}

/** Rows of a table that are still to be loaded; null when nobody has counted them. */
export function rowsLeft({ chunks, chunksDone, rows, total }: TableProgress): number | null {
  if (chunks > 0 && chunksDone === chunks) return 0;
  if (total !== undefined) return Math.max(0, total - rows);
  return chunksDone === 0 ? null : Math.round((rows / chunksDone) * (chunks - chunksDone));
}
