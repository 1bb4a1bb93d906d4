import { CdcError } from '../../errors.ts';
import { tableKey, type TableMapping } from '../../task/task.ts';
import { currentSets, type Endpoints } from './endpoints.ts';
import type { SinkTables } from '../endpoints/sink-tables.ts';
import type { Pin } from '../../data/position.ts';
import type { StoredTask } from '../session/session.ts';
import { notAside } from './set-aside.ts';
import { TableError } from '../../data/table-error.ts';
import { takenText } from '../../data/taken-table.ts';

/** Records which task owns which sink tables. */
export interface AtSink {
  readonly sink: Pick<SinkTables, 'ownTables' | 'keepTables'>;
}

/**
 * Makes the task the owner of these tables, before it writes to them for the first time. SINK_TABLE_TAKEN when another
 * task owns one of them.
 */
export async function ownTables({ sink }: AtSink, tables: readonly TableMapping[]): Promise<void> {
  if (tables.length === 0) return;
  const [first] = await sink.ownTables(tables.map((mapping) => mapping.sink));
  if (first === undefined) return;
  const error = new CdcError('SINK_TABLE_TAKEN', takenText(first));
  const mapping = tables.find((each) => tableKey(each.sink) === tableKey(first.name));
  throw mapping === undefined ? error : new TableError(mapping.source, error);
}

/**
 * Every worker calls this when it begins: an earlier worker may not have got to it, or the tables may be older than
 * ownership. Keeps the tables that are set aside, but does not claim them.
 */
export async function ownCurrentTables(session: StoredTask, ends: Endpoints, checkpoint: Pin): Promise<void> {
  const { tables } = await currentSets(session, ends).at(checkpoint);
  await ends.sink.keepTables(tables.map((mapping) => mapping.sink));
  await ownTables(ends, notAside(session.progress, tables));
}
