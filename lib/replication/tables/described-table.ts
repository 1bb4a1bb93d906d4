import type { TableMapping } from '../../task/task.ts';
import type { TableSchema } from '../../data/change.ts';
import type { Pin } from '../../data/position.ts';
import type { SinkTable, SinkTables } from '../endpoints/sink-tables.ts';
import type { SourceCatalog } from '../endpoints/source.ts';

/** Describes a table at the source and at the sink. */
export interface DescribedBy {
  readonly source: Pick<SourceCatalog, 'describe'>;
  readonly sink: Pick<SinkTables, 'carried'>;
}

/**
 * The source table as it is at the pin, with the values that its sink table takes. `before`: its schema at an earlier
 * pin.
 */
export async function describedTable(
  { source, sink }: DescribedBy,
  mapping: TableMapping,
  at: Pin,
  before?: TableSchema,
): Promise<SinkTable> {
  const schema = await source.describe(mapping.source, at);
  const table = { name: mapping.sink, schema };
  if (!schema.columns.some((column) => column.generated)) return table;
  return { ...table, schema: await sink.carried(table, before) };
}
