import { isCdcError } from '../../errors.ts';
import { isWithoutCopy, tableKey, type TableMapping, type TableName } from '../../task/task.ts';
import type { BegunReads } from './begun-reads.ts';
import { isKeyless, sameRows } from '../../data/change.ts';
import { describedTable } from '../tables/described-table.ts';
import { currentSets, type Endpoints, setsOf } from '../tables/endpoints.ts';
import { followedOrStopped } from './schema-change-policy.ts';
import { forEachConcurrently } from '../../concurrency/concurrently.ts';
import type { Pin, Window } from '../../data/position.ts';
import { goneToo, type Reshaped } from '../tables/schema-changes.ts';
import type { Session } from '../session/session.ts';
import { asideTables, isComingBack, returningTables } from '../tables/set-aside.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { Source } from '../endpoints/source.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';
import { isNoted } from '../../record/table-notes.ts';
import type { SetChange } from '../tables/table-set.ts';
import type { Opening, WindowPlan } from './window-plan.ts';

/** Tables asked at once whether they changed. */
const ASKED_AT_ONCE = 4;
/** Of more tables, most of which have no changes, counting is cheaper than reading, and no connection each is held. */
const READ_AT_ONCE = 4;

/**
 * Looks at every table at both ends of the window. The same window always gives the same plan. `selection` is the number
 * of the one that holds at its end.
 */
export async function planWindow(
  session: Session,
  ends: Endpoints,
  window: Window,
  selection: number,
  opening?: Opening,
): Promise<WindowPlan> {
  const { source } = ends;
  const sets = setsOf(session, ends, selection);
  const set = withFit(
    session,
    await sets.change(currentSets(session, ends), window, asideTables(session), tablesHad(session)),
  );
  const names = set.kept.map((mapping) => mapping.source);
  const before = await source.shapes(names, window.after);
  const after = await source.shapes(names, window.until);
  const changed = new Map<TableMapping, SinkTable>();
  const altered = new Map<TableMapping, Reshaped>();
  const reshaped = new Map<TableMapping, Reshaped>();
  const returning = new Set(names.map(tableKey).filter((key) => isComingBack(session, key)));
  const compared = new Set(session.progress.pending?.compared);
  const isSame = (key: string): boolean =>
    !returning.has(key) && !compared.has(key) && before.get(key) === after.get(key);
  if (isSameSet(set) && names.every((name) => isSame(tableKey(name)))) opening?.onlyRows();
  const reads = names.length <= READ_AT_ONCE ? opening?.reads : undefined;
  const asked = names.filter((name) => after.has(tableKey(name)) && isSame(tableKey(name)));
  const written = reads === undefined ? await source.changedTables(asked, window) : undefined;
  const look = async (mapping: TableMapping): Promise<void> => {
    const key = tableKey(mapping.source);
    if (!after.has(key)) return;
    if (isSame(key)) {
      const table = await changedTable(ends, mapping, window, reads, written);
      if (table !== undefined) changed.set(mapping, table);
      return;
    }
    const returns = returning.has(key);
    const old = !returns && before.has(key) ? (await describedTable(ends, mapping, window.after)).schema : undefined;
    const table = await describedTable(ends, mapping, window.until, old);
    const changes =
      old && sameRows(old, table.schema) && !compared.has(key)
        ? await comparable(source, mapping.source, window)
        : undefined;
    (changes === undefined ? reshaped : altered).set(mapping, { table, before: old });
    if (changes !== undefined && changes > 0) changed.set(mapping, table);
  };
  await forEachConcurrently(set.kept, ASKED_AT_ONCE, (mapping) =>
    attributeErrorsTo(mapping.source, () => look(mapping)),
  );
  const { added, absent } = await presentAt(source, set.added, window.until);
  const leftOut = await withoutRows(session, source, window, added);
  const returned = added.filter((mapping) => hasComeBack(session, mapping, leftOut));
  for (const mapping of returned) reshaped.set(mapping, await asItIs(ends, mapping, window.until));
  const inOrder = <T>(found: Map<TableMapping, T>): T[] =>
    [...set.kept, ...returned].flatMap((mapping) => found.get(mapping) ?? []);
  const plan = {
    changed: inOrder(changed),
    altered: inOrder(altered),
    reshaped: inOrder(reshaped),
    added: added.filter((mapping) => !returned.includes(mapping) && !leftOut.has(mapping)),
    created: added.filter((mapping) => !returned.includes(mapping) && leftOut.has(mapping)),
    missing: [...names.map(tableKey).filter((key) => !after.has(key)), ...absent],
    gone: goneTables(session, set, (key) => before.has(key) && !after.has(key)),
    set,
  };
  return await followedOrStopped(session, ends, plan, (key) => before.has(key));
}

/** A named table that an edit has brought may be dropped before the end of the window that takes it over. */
async function presentAt(
  source: Source,
  tables: readonly TableMapping[],
  at: Pin,
): Promise<{ readonly added: readonly TableMapping[]; readonly absent: readonly string[] }> {
  if (tables.length === 0) return { added: [], absent: [] };
  const names = tables.map((mapping) => mapping.source);
  const there = await source.shapes(names, at);
  return {
    added: tables.filter((mapping) => there.has(tableKey(mapping.source))),
    absent: names.map(tableKey).filter((key) => !there.has(key)),
  };
}

const isSameSet = ({ added, dropped, removed }: SetChange): boolean =>
  [added, dropped, removed].every((tables) => tables.length === 0);

/** A table of one shape, if it has changes; to read these tells as much as to count them. */
async function changedTable(
  ends: Endpoints,
  mapping: TableMapping,
  window: Window,
  reads: BegunReads | undefined,
  written: ReadonlySet<string> | undefined,
): Promise<SinkTable | undefined> {
  if (written?.has(tableKey(mapping.source)) === false) return undefined;
  const table = await describedTable(ends, mapping, window.until);
  if (reads === undefined) return table;
  const isChanged = isKeyless(table.schema)
    ? (await ends.source.countChanges(mapping.source, window)) > 0
    : await reads.begin(table.schema, window);
  return isChanged ? table : undefined;
}

/** Every table as it is at the pin, whatever the sink holds of it: for a task whose history is gone. */
export async function planRebuild(
  session: Session,
  ends: Endpoints,
  until: Pin,
  selection: number,
): Promise<WindowPlan> {
  const { source } = ends;
  const sets = setsOf(session, ends, selection);
  const set = await sets.change(sets, { after: until, until }, asideTables(session), tablesHad(session));
  const names = set.kept.map((mapping) => mapping.source);
  const present = await source.shapes(names, until);
  const { pending, tables } = session.progress;
  const isNew = ({ source }: TableMapping): boolean =>
    pending?.afterRefusal === true && !Object.hasOwn(tables, tableKey(source));
  const there = set.kept.filter(({ source }) => present.has(tableKey(source)));
  const reshaped: Reshaped[] = [];
  for (const mapping of there) if (!isNew(mapping)) reshaped.push(await asItIs(ends, mapping, until));
  const absent = set.kept.filter((mapping) => !there.includes(mapping) && !isNew(mapping));
  return {
    changed: [],
    altered: [],
    gone: pending?.afterRefusal === true ? goneToo(session, absent) : [],
    reshaped,
    added: there.filter(isNew),
    created: [],
    missing: names.map(tableKey).filter((key) => !present.has(key)),
    set,
  };
}

/**
 * What the task has had, as far as its progress tells: where history is gone nothing else does, and what cannot be
 * replicated with the options of today cannot at the window's beginning either.
 */
const tablesHad = (session: Session): ReadonlySet<string> =>
  new Set([...returningTables(session), ...Object.keys(session.progress.tables)]);

/** A table that was left out, and would not be with the options of today, is there at both ends and yet new. */
function withFit({ progress }: Session, set: SetChange): SetChange {
  const isNew = ({ source }: TableMapping): boolean => isNoted(progress.leftOut, tableKey(source));
  const kept = set.kept.filter((mapping) => !isNew(mapping));
  return { ...set, kept, added: [...set.added, ...set.kept.filter(isNew)] };
}

/** Those found dropped by the catalogue, and at level table by their names. */
const goneTables = (session: Session, set: SetChange, isGone: (key: string) => boolean): TableMapping[] =>
  goneToo(session, [...set.dropped, ...set.kept.filter(({ source }) => isGone(tableKey(source)))]);

/** Number of changes; undefined when the server sees two kinds of rows in them after all. */
async function comparable(source: Source, table: TableName, window: Window): Promise<number | undefined> {
  try {
    return await source.countChanges(table, window);
  } catch (error) {
    if (isCdcError(error, 'SCHEMA_CHANGED')) return undefined;
    throw error;
  }
}

/** Without a first copy, what a table had before it came to the task is left out; one that is new altogether is not. */
async function withoutRows(
  { record }: Session,
  source: Source,
  { after }: Window,
  added: readonly TableMapping[],
): Promise<ReadonlySet<TableMapping>> {
  if (!isWithoutCopy(record.spec.options) || added.length === 0) return new Set();
  const older = await source.shapes(
    added.map((mapping) => mapping.source),
    after,
  );
  return new Set(added.filter((mapping) => older.has(tableKey(mapping.source))));
}

const asItIs = (ends: Endpoints, mapping: TableMapping, at: Pin): Promise<Reshaped> =>
  attributeErrorsTo(mapping.source, async () => ({
    table: await describedTable(ends, mapping, at),
    before: undefined,
  }));

/** Has the task had the table before, so that the rows at the sink are its own, and those of the source are to be there? */
function hasComeBack(session: Session, mapping: TableMapping, leftOut: ReadonlySet<TableMapping>): boolean {
  const key = tableKey(mapping.source);
  return isComingBack(session, key) || (isNoted(session.progress.dropped, key) && !leftOut.has(mapping));
}
