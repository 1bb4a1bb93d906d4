import { CdcError, isCdcError } from '../errors.ts';
import { tableKey, type TableMapping } from '../task/task.ts';
import type { TableSchema } from './change.ts';
import type { Ends } from './ends.ts';
import { inLanes } from './lanes.ts';
import type { Pin } from './position.ts';
import type { Reshaped } from './schema-changes.ts';
import type { Session } from './session.ts';

/** Tables described at once. */
const LANES = 4;

/**
 * Tables that are others at the source than where the task stood before it was restarted, by sink table (`db.table`): their
 * sink tables are altered as a window would have done. Where history of then is gone, or the operator alters the sink, what
 * is there has to fit.
 */
export async function reshapedSinceRestart(
  session: Session,
  { source }: Pick<Ends, 'source'>,
  tables: readonly TableMapping[],
  now: Pin,
): Promise<ReadonlyMap<string, Reshaped>> {
  const reshaped = new Map<string, Reshaped>();
  const then = session.progress.restartedFrom;
  if (then === undefined || session.record.spec.options.schemaChange === 'stop') return reshaped;
  const names = tables.map((mapping) => mapping.source);
  const old = await unlessLost(source.shapes(names, then));
  if (old === undefined) return reshaped;
  const shapes = await source.shapes(names, now);
  const isOther = ({ source: name }: TableMapping): boolean => {
    const [was, is] = [old.get(tableKey(name)), shapes.get(tableKey(name))];
    return was !== undefined && is !== undefined && was !== is;
  };
  await inLanes(tables.filter(isOther), LANES, async ({ source: name, sink }) => {
    const [before, schema] = [await known(source.describe(name, then)), await known(source.describe(name, now))];
    if (before !== undefined && schema !== undefined) {
      reshaped.set(tableKey(sink), { table: { name: sink, schema }, before });
    }
  });
  return reshaped;
}

async function unlessLost<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isCdcError(error, 'HISTORY_LOST')) return undefined;
    throw error;
  }
}

/** What cannot be replicated now, its plan will say; and what could not be then, the sink does not have. */
async function known(asked: Promise<TableSchema>): Promise<TableSchema | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CdcError && !error.retry) return undefined;
    throw error;
  }
}
