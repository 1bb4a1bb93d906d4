import { tableKey, type TableMapping, type TableKey } from '../../task/task.ts';
import type { TableSchema } from '../../data/change.ts';
import type { Endpoints } from './endpoints.ts';
import type { SessionLog, SessionStop, StoredTask } from '../session/session.ts';
import { notAside } from './set-aside.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';

/** A table that was altered or made anew at the source, with its schema before that, if it existed. */
export interface Reshaped {
  readonly table: SinkTable;
  readonly before: TableSchema | undefined;
}

/**
 * Returns those of the tables dropped at the source whose sink tables should be dropped too. The sink table of a table
 * that is set aside stays: the table may be set aside because the sink cannot drop it.
 */
export function goneToo({ record, progress }: StoredTask, dropped: readonly TableMapping[]): TableMapping[] {
  return record.spec.options.droppedTables === 'keep' ? [] : notAside(progress, dropped);
}

/** Alters the sink tables whose rows need no comparison. A resync alters its table itself. */
export async function alterTables(
  session: SessionStop,
  { sink }: Endpoints,
  altered: readonly Reshaped[],
): Promise<void> {
  for (const { table, before } of altered) {
    session.checkpointOrStop();
    await attributeErrorsTo(table.schema.table, () => sink.alterTable(table, before, 'changed'));
  }
}

/**
 * Call it once the sink has all rows of the window, even if an earlier worker applied them: new indexes fit these rows,
 * but may not fit the rows of before. Returns the names of new indexes that the sink cannot have, keyed by source table
 * (`db.table`).
 */
export async function finishTables(
  session: SessionStop & SessionLog,
  { sink }: Endpoints,
  altered: readonly Reshaped[],
  gone: readonly TableMapping[],
): Promise<ReadonlyMap<TableKey, readonly string[]>> {
  const leftOut = new Map<TableKey, readonly string[]>();
  for (const { table, before } of altered) {
    session.checkpointOrStop();
    const left = await attributeErrorsTo(table.schema.table, () => sink.finishTable(table, before));
    leftOut.set(tableKey(table.schema.table), left);
    const at = { table: tableKey(table.schema.table) };
    session.log('info', 'table.altered', { ...at, ...(left.length === 0 ? {} : { indexesLeftOut: left }) });
  }
  for (const { source, sink: name } of gone) {
    session.checkpointOrStop();
    await attributeErrorsTo(source, () => sink.dropTable(name));
    session.log('info', 'table.dropped', { table: tableKey(source) });
  }
  return leftOut;
}
