import type { TaskRecord } from '../../record/task-record.ts';
import { areaOf, tableSelector } from '../../task/table-selection.ts';
import { tableKey, type TableMapping, type TaskSpec, type TableKey } from '../../task/task.ts';
import { CdcError } from '../../errors.ts';
import type { Pin } from '../../data/position.ts';
import { selectTables } from './select-tables.ts';
import type { SourceCatalog } from '../endpoints/source.ts';

/**
 * The mappings of the tables of a load, keyed by sink table (`db.table`). They may include tables that are not loaded:
 * the worker that plans the load finds out which tables can be replicated.
 */
export async function loadedTables(
  { spec, before, selection, progress }: TaskRecord,
  source: SourceCatalog,
): Promise<ReadonlyMap<TableKey, TableMapping>> {
  const { loadPin } = progress;
  if (loadPin === undefined) throw new CdcError('INTERNAL', 'A load without a pin.');
  const loaded = progress.selection === selection ? spec : { ...spec, ...before };
  const mappings = loaded.level === 'table' ? loaded.tables : await selectedAt(loaded, source, loadPin);
  return new Map(mappings.map((mapping) => [tableKey(mapping.sink), mapping]));
}

async function selectedAt(loaded: TaskSpec, source: SourceCatalog, pin: Pin): Promise<TableMapping[]> {
  const area = areaOf(loaded);
  const databases = area === 'account' ? area : area.map(({ database }) => database);
  const selected = await selectTables(await source.tables(databases, pin), tableSelector(loaded));
  return selected.map(({ mapping }) => mapping);
}
