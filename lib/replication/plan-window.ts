import { CdcError } from '../errors.ts';
import { tableKey, type TableMapping } from '../task/task.ts';
import { sameTable, type TableSchema } from './change.ts';
import type { Ends } from './ends.ts';
import { inLanes } from './lanes.ts';
import type { Window } from './position.ts';
import type { Reshaped } from './resync.ts';
import type { Session } from './session.ts';
import type { SinkTable } from './sink.ts';
import { isNoted } from './table-notes.ts';
import type { SetChange } from './table-set.ts';

/** What a window has to do. Tables without changes are in none of the lists. */
export interface WindowPlan {
  /** Tables with net changes, the same at both ends of the window. */
  readonly changed: readonly SinkTable[];
  /**
   * Tables that were altered, truncated or made anew: net changes do not lead from one to the other. And those that have
   * come back, over the rows that the task left at the sink.
   */
  readonly reshaped: readonly Reshaped[];
  /** Tables that the task has not had before. */
  readonly added: readonly TableMapping[];
  /** Named source tables (`db.table`) that do not exist at the window's end; their sink tables are left as they are. */
  readonly missing: readonly string[];
  readonly set: SetChange;
}

/** Tables asked at once whether they changed. */
const ASKED_AT_ONCE = 4;

/** Looks at every table at both ends of the window. The same window always gives the same plan. */
export async function planWindow(session: Session, { source, tables }: Ends, window: Window): Promise<WindowPlan> {
  const set = await tables.change(window);
  const names = set.kept.map((mapping) => mapping.source);
  const before = await source.shapes(names, window.after);
  const after = await source.shapes(names, window.until);
  const changed = new Map<TableMapping, SinkTable>();
  const reshaped = new Map<TableMapping, Reshaped>();
  await inLanes(set.kept, ASKED_AT_ONCE, async (mapping) => {
    const key = tableKey(mapping.source);
    if (!after.has(key)) return;
    const altered = before.get(key) !== after.get(key);
    if (!altered && (await source.countChanges(mapping.source, window)) === 0) return;
    const schema = await source.describe(mapping.source, window.until);
    const table = { name: mapping.sink, schema };
    if (!altered) {
      changed.set(mapping, table);
      return;
    }
    const old = before.has(key) ? await source.describe(mapping.source, window.after) : undefined;
    if (old === undefined || !sameTable(old, schema)) reshaped.set(mapping, { table, before: old });
    else if ((await source.countChanges(mapping.source, window)) > 0) changed.set(mapping, table);
  });
  const returned = set.added.filter((mapping) => isNoted(session.progress.dropped, tableKey(mapping.source)));
  for (const mapping of returned) {
    const schema = await source.describe(mapping.source, window.until);
    reshaped.set(mapping, { table: { name: mapping.sink, schema }, before: undefined });
  }
  const inOrder = <T>(found: Map<TableMapping, T>): T[] =>
    [...set.kept, ...returned].flatMap((mapping) => found.get(mapping) ?? []);
  const plan = {
    changed: inOrder(changed),
    reshaped: inOrder(reshaped),
    added: set.added.filter((mapping) => !returned.includes(mapping)),
    missing: names.map(tableKey).filter((key) => !after.has(key)),
    set,
  };
  refuseUnlessFollowed(session, plan);
  return plan;
}

/**
 * Stops the task, if it is to stop at such changes, before anything of the window is recorded. A task without a first
 * copy always does: a resync would bring in what it was to leave out.
 */
function refuseUnlessFollowed({ record }: Session, { reshaped, missing }: WindowPlan): void {
  const { schemaChange, noFull } = record.spec.options;
  const followed = schemaChange === 'follow' && !(noFull && reshaped.length > 0);
  if (followed || reshaped.length + missing.length === 0) return;
  const gone = missing.map((key) => `${key} was dropped.`);
  throw new CdcError('SCHEMA_CHANGED', [...reshaped.map(({ table }) => told(table.schema)), ...gone].join(' '));
}

const told = ({ table, definition }: TableSchema): string =>
  `${tableKey(table)} was altered, truncated or made anew at the source; it is now: ${definition}`;
