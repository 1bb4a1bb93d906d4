import { CdcError } from '../../errors.ts';
import { tableKey, type TableMapping } from '../../task/task.ts';
import { currentSets, type Endpoints } from './endpoints.ts';
import type { SinkTables } from '../endpoints/sink-tables.ts';
import type { Pin } from '../../data/position.ts';
import type { Session } from '../session/session.ts';
import { notAside } from './set-aside.ts';
import { TableError } from '../../data/table-error.ts';
import { takenText } from '../../data/taken-table.ts';

/** Who keeps the book of whose the sink tables are. */
export interface AtSink {
  readonly sink: Pick<SinkTables, 'ownTables' | 'keepTables'>;
}

/** Before the task writes to these tables for the first time: SINK_TABLE_TAKEN when one of them is another task's. */
export async function ownTables({ sink }: AtSink, tables: readonly TableMapping[]): Promise<void> {
  if (tables.length === 0) return;
  const [first] = await sink.ownTables(tables.map((mapping) => mapping.sink));
  if (first === undefined) return;
  const error = new CdcError('SINK_TABLE_TAKEN', takenText(first));
  const mapping = tables.find((each) => tableKey(each.sink) === tableKey(first.name));
  throw mapping === undefined ? error : new TableError(mapping.source, error);
}

/**
 * Whenever a worker begins: what an earlier one has not come to say, or what was made before tables had owners. Those that
 * are set aside are kept, but not asked for.
 */
export async function ownCurrentTables(session: Session, ends: Endpoints, checkpoint: Pin): Promise<void> {
  const { tables } = await currentSets(session, ends).at(checkpoint);
  await ends.sink.keepTables(tables.map((mapping) => mapping.sink));
  await ownTables(ends, notAside(session.progress, tables));
}
