import { isCdcError } from '../../errors.ts';
import {
  comparesFirst,
  isWithoutCopy,
  tableKey,
  type TableMapping,
  type TableName,
  type TableKey,
  tableKeysOf,
} from '../../task/task.ts';
import type { BegunReads } from './begun-reads.ts';
import { isKeyless, sameRows } from '../../data/change.ts';
import { describedTable } from '../tables/described-table.ts';
import { currentSets, type Endpoints, setsOf } from '../tables/endpoints.ts';
import { followedOrStopped } from './schema-change-policy.ts';
import { forEachConcurrently } from '../../concurrency/concurrently.ts';
import type { Pin, Window } from '../../data/position.ts';
import { goneToo } from '../tables/schema-changes.ts';
import type { Session, StoredTask, TaskNow } from '../session/session.ts';
import { asideTables, isComingBack, returningTables } from '../tables/set-aside.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { Source } from '../endpoints/source.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';
import type { BoundedQuestions } from '../large/bounded-questions.ts';
import { isNoted } from '../../record/table-notes.ts';
import type { SetChange } from '../tables/table-set.ts';
import type { TableStep, WindowPlan } from './window-plan.ts';

/** Tables asked concurrently whether they changed. */
const ASKED_AT_ONCE = 4;
/**
 * Up to this many tables are read at once to see whether they changed. With more tables, most have no changes: then
 * counting is cheaper than reading, and it does not hold a connection for each table.
 */
const READ_AT_ONCE = 4;

/** How to find out which tables have changed. */
export interface WayOfAsking {
  readonly questions: BoundedQuestions;
  /** Reads the changes of few tables at once. */
  readonly begun?: BegunReads | undefined;
}

/**
 * Compares every table at both ends of the window. The same window always gives the same plan. `selection`: number of
 * the selection that is in force at the window's end. `asking` undefined: takes every table for changed.
 */
export async function planWindow(
  session: Session,
  ends: Endpoints,
  window: Window,
  selection: number,
  asking: WayOfAsking | undefined,
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
  const found = new Map<TableMapping, TableStep>();
  const returning = new Set(names.map(tableKey).filter((key) => isComingBack(session, key)));
  const { pending } = session.progress;
  const compared = new Set(pending?.comparesAll === true ? names.map(tableKey) : pending?.compared);
  const isSame = (key: TableKey): boolean =>
    !returning.has(key) && !compared.has(key) && before.get(key) === after.get(key);
  const begun = names.length <= READ_AT_ONCE ? asking?.begun : undefined;
  const asked = names.filter((name) => after.has(tableKey(name)) && isSame(tableKey(name)));
  const written =
    begun === undefined ? await asking?.questions.ask(asked, () => source.changedTables(asked, window)) : undefined;
  const look = async (mapping: TableMapping): Promise<void> => {
    const key = tableKey(mapping.source);
    if (!after.has(key)) return;
    if (isSame(key)) {
      if (written?.has(key) === false) return;
      const table = await describedTable(ends, mapping, window.until);
      if (begun !== undefined && !(await isChanged(ends, table, window, begun, asking?.questions))) return;
      found.set(mapping, { action: 'apply', table });
      return;
    }
    const returns = returning.has(key);
    const old = !returns && before.has(key) ? (await describedTable(ends, mapping, window.after)).schema : undefined;
    const table = await describedTable(ends, mapping, window.until, old);
    const changes =
      old && sameRows(old, table.schema) && !compared.has(key)
        ? await comparable(source, mapping.source, window, asking)
        : undefined;
    const altered = { table, before: old };
    found.set(
      mapping,
      changes === undefined ? { action: 'resync', ...altered } : { action: 'alter', ...altered, changed: changes > 0 },
    );
  };
  await forEachConcurrently(set.kept, ASKED_AT_ONCE, (mapping) =>
    attributeErrorsTo(mapping.source, () => look(mapping)),
  );
  const { added, absent } = await presentAt(source, set.added, window.until);
  const leftOut = await withoutRows(session, source, window, added);
  const returned = added.filter((mapping) => hasComeBack(session, mapping, leftOut));
  for (const mapping of returned) found.set(mapping, await asItIs(ends, mapping, window.until));
  const toCompare = comparesFirst(session.record.spec.options) ? added.filter((each) => !returned.includes(each)) : [];
  for (const mapping of toCompare) {
    found.set(mapping, { ...(await asItIs(ends, mapping, window.until)), isNew: true });
  }
  const brought = added.filter((mapping) => !found.has(mapping));
  const plan = {
    steps: [
      ...[...set.kept, ...returned, ...toCompare].flatMap((mapping) => found.get(mapping) ?? []),
      ...brought.map((mapping) => ({
        action: leftOut.has(mapping) ? ('create' as const) : ('load' as const),
        mapping,
      })),
      ...missing([...names.map(tableKey).filter((key) => !after.has(key)), ...absent]),
      ...dropping(goneTables(session, set, (key) => before.has(key) && !after.has(key))),
    ],
    set,
  };
  return await followedOrStopped(session, ends, plan, (key) => before.has(key));
}

/** Somebody may drop a named table after an edit added it and before the window ends that adopts the edit. */
async function presentAt(
  source: Source,
  tables: readonly TableMapping[],
  at: Pin,
): Promise<{ readonly added: readonly TableMapping[]; readonly absent: readonly TableKey[] }> {
  if (tables.length === 0) return { added: [], absent: [] };
  const names = tables.map((mapping) => mapping.source);
  const there = await source.shapes(names, at);
  return {
    added: tables.filter((mapping) => there.has(tableKey(mapping.source))),
    absent: names.map(tableKey).filter((key) => !there.has(key)),
  };
}

/** Has the table changes? `begun` begins to read them, which costs as much as counting. */
const isChanged = (
  { source }: Endpoints,
  { schema }: SinkTable,
  window: Window,
  begun: BegunReads,
  questions: BoundedQuestions | undefined,
): Promise<boolean> =>
  asked(questions, schema.table, async () =>
    isKeyless(schema) ? (await source.countChanges(schema.table, window)) > 0 : await begun.begin(schema, window),
  );

const asked = <T>(questions: BoundedQuestions | undefined, table: TableName, ask: () => Promise<T>): Promise<T> =>
  questions === undefined ? ask() : questions.ask([table], ask);

/** A plan that compares every table at the pin, whatever its sink table holds: for a task whose history is lost. */
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
  const steps: TableStep[] = [];
  for (const mapping of there) if (!isNew(mapping)) steps.push(await asItIs(ends, mapping, until));
  for (const mapping of there) if (isNew(mapping)) steps.push({ action: 'load', mapping });
  const absent = set.kept.filter((mapping) => !there.includes(mapping) && !isNew(mapping));
  const gone = pending?.afterRefusal === true ? goneToo(session, absent) : [];
  steps.push(...missing(names.map(tableKey).filter((key) => !present.has(key))), ...dropping(gone));
  return { steps, set };
}

/**
 * Tables that the task had, as far as its progress tells. Where history is lost, nothing else tells it. A table that
 * does not fit the present options is not found at the window's beginning either.
 */
const tablesHad = (session: TaskNow): ReadonlySet<TableKey> =>
  new Set([...returningTables(session), ...tableKeysOf(session.progress.tables)]);

/** A table that was left out and fits the present options exists at both ends of the window and is yet new. */
function withFit({ progress }: StoredTask, set: SetChange): SetChange {
  const isNew = ({ source }: TableMapping): boolean => isNoted(progress.leftOut, tableKey(source));
  const kept = set.kept.filter((mapping) => !isNew(mapping));
  return { ...set, kept, added: [...set.added, ...set.kept.filter(isNew)] };
}

/** Sink tables to drop: the catalogue tells which source tables are dropped, and at level table their names do. */
const goneTables = (session: Session, set: SetChange, isGone: (key: TableKey) => boolean): TableMapping[] =>
  goneToo(session, [...set.dropped, ...set.kept.filter(({ source }) => isGone(tableKey(source)))]);

/** Number of changes; undefined when the server finds that the rows of the two ends cannot be compared. */
async function comparable(
  source: Source,
  table: TableName,
  window: Window,
  asking: WayOfAsking | undefined,
): Promise<number | undefined> {
  try {
    return asking === undefined ? 1 : await asking.questions.ask([table], () => source.countChanges(table, window));
  } catch (error) {
    if (isCdcError(error, 'SCHEMA_CHANGED')) return undefined;
    throw error;
  }
}

/**
 * If the task has no load, tables that already existed at the window's beginning come without their rows. Tables made
 * since then come with all rows.
 */
async function withoutRows(
  { record }: StoredTask,
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

const missing = (tables: readonly TableKey[]): TableStep[] => tables.map((table) => ({ action: 'missing', table }));

const dropping = (tables: readonly TableMapping[]): TableStep[] =>
  tables.map((mapping) => ({ action: 'drop', mapping }));

const asItIs = (ends: Endpoints, mapping: TableMapping, at: Pin) =>
  attributeErrorsTo(mapping.source, async () => ({
    action: 'resync' as const,
    table: await describedTable(ends, mapping, at),
    before: undefined,
  }));

/**
 * True when the task had this table before: then the rows at the sink are its own, and the rows of the source belong
 * there.
 */
function hasComeBack(session: TaskNow, mapping: TableMapping, leftOut: ReadonlySet<TableMapping>): boolean {
  const key = tableKey(mapping.source);
  return isComingBack(session, key) || (isNoted(session.progress.dropped, key) && !leftOut.has(mapping));
}
