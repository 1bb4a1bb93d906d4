import type { TableMapping } from '../task/task.ts';
import type { Ends } from './ends.ts';
import type { Pin } from './position.ts';
import type { SinkTable } from './sink.ts';

/** The source table as it is at the pin, with the values that its sink table takes. */
export async function describedTable(
  { source, sink }: Pick<Ends, 'source' | 'sink'>,
  mapping: TableMapping,
  at: Pin,
): Promise<SinkTable> {
  const schema = await source.describe(mapping.source, at);
  const table = { name: mapping.sink, schema };
  if (!schema.columns.some((column) => column.generated)) return table;
  return { ...table, schema: await sink.carried(table) };
}
