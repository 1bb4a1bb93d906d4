import { CdcError, isCdcError } from '../../errors.ts';
import { tableKey, type TableMapping, type TableKey } from '../../task/task.ts';
import type { TableSchema } from '../../data/change.ts';
import { describedTable } from './described-table.ts';
import { currentSets, type Endpoints } from './endpoints.ts';
import { forEachConcurrently } from '../../concurrency/concurrently.ts';
import type { Pin } from '../../data/position.ts';
import type { Progress } from '../../record/progress.ts';
import type { Reshaped } from './schema-changes.ts';
import type { StoredTask } from '../session/session.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { TableSet } from './table-set.ts';

/** Tables described concurrently. */
const LANES = 4;
/**
 * The most pins kept: each one holds a snapshot. If more restarts follow before one of them has loaded, the pins in the
 * middle go.
 */
const MOST = 4;

/** The shapes of the tables at a pin where the task stood before a restart. */
interface Then {
  readonly pin: Pin;
  readonly shapes: ReadonlyMap<TableKey, string>;
}

/**
 * The pins at which the sink tables may stand when a task is restarted, oldest first: a pending window or an unfinished
 * load may have altered some of them already.
 */
export function stoodAt({ checkpoint, pending, loadPin, restartedFrom = [] }: Progress): readonly Pin[] | undefined {
  const pins = [...restartedFrom, checkpoint, pending?.until, loadPin].filter((pin) => pin !== undefined);
  return pins.length === 0 ? undefined : pins.filter((_, i) => i === 0 || i > pins.length - MOST);
}

/**
 * Tables whose shape at the source differs from where the task stood before a restart, keyed by sink table
 * (`db.table`), with every state that the sink table may be in, oldest first. The load alters them as a window would.
 * If that history is gone, or the operator alters the sink, the sink table must fit as it is.
 */
export async function reshapedSinceRestart(
  session: StoredTask,
  ends: Pick<Endpoints, 'source' | 'sink'>,
  tables: readonly TableMapping[],
  now: Pin,
): Promise<ReadonlyMap<TableKey, readonly Reshaped[]>> {
  const { source } = ends;
  const reshaped = new Map<TableKey, readonly Reshaped[]>();
  const { restartedFrom = [] } = session.progress;
  if (restartedFrom.length === 0 || session.record.spec.options.schemaChange === 'stop') return reshaped;
  const names = tables.map((mapping) => mapping.source);
  const then: Then[] = [];
  for (const pin of restartedFrom) {
    const shapes = await unlessLost(source.shapes(names, pin));
    if (shapes !== undefined) then.push({ pin, shapes });
  }
  const shapes = await source.shapes(names, now);
  await forEachConcurrently(tables, LANES, async (mapping) => {
    const key = tableKey(mapping.source);
    const others = then.filter((one) => one.shapes.get(key) !== shapes.get(key));
    if (others.length === 0) return;
    const states: TableSchema[] = [];
    for (const { pin } of distinct(others, key)) {
      const state = await known(describedTable(ends, mapping, pin));
      if (state !== undefined) states.push(state.schema);
    }
    const table = await known(describedTable(ends, mapping, now, states.at(-1)));
    if (table === undefined) return;
    // The table did not exist where the task stood, but it may have existed earlier and have left its sink table.
    reshaped.set(
      tableKey(mapping.sink),
      (states.length === 0 ? [undefined] : states).map((before) => ({ table, before })),
    );
  });
  return reshaped;
}

/** Tables that existed at the source where the task stood before a restart, and are gone now. */
export async function goneSinceRestart(
  session: StoredTask,
  ends: Pick<Endpoints, 'source' | 'tables' | 'before'>,
  { tables, leftOut }: Pick<TableSet, 'tables' | 'leftOut'>,
): Promise<readonly TableMapping[]> {
  const there = new Set([...tables.map(({ source }) => tableKey(source)), ...leftOut.map(({ table }) => table)]);
  const gone = new Map<TableKey, TableMapping>();
  for (const pin of session.progress.restartedFrom ?? []) {
    for (const mapping of (await unlessLost(currentSets(session, ends).found(pin)))?.tables ?? []) {
      const key = tableKey(mapping.source);
      if (!there.has(key)) gone.set(key, mapping);
    }
  }
  return [...gone.values()];
}

/** The pins at which the table existed and differed from the pin before. */
const distinct = (places: readonly Then[], key: TableKey): Then[] =>
  places.filter(({ shapes }, i) => shapes.has(key) && shapes.get(key) !== places[i - 1]?.shapes.get(key));

async function unlessLost<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isCdcError(error, 'HISTORY_LOST')) return undefined;
    throw error;
  }
}

/**
 * Undefined for a table that cannot be replicated. If that is so now, its plan tells the error; if it was so then, the
 * sink does not have the table.
 */
async function known(asked: Promise<SinkTable>): Promise<SinkTable | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CdcError && !error.retry) return undefined;
    throw error;
  }
}
