import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TableSelector } from '../../task/table-selection.ts';
import type { TableMapping, TableName } from '../../task/task.ts';

/** No one else runs for so long at most, and a name longer. */
const SLICE_MS = 20;

export interface Selected<Listed> {
  readonly listed: Listed;
  readonly mapping: TableMapping;
}

/**
 * Those that the task copies. Its expressions are matched on the processor, which may take a while of many tables: in
 * between, the lease is renewed, and a deadline or a pause is heard of.
 */
export async function selectTables<Listed extends { readonly name: TableName }>(
  all: readonly Listed[],
  select: TableSelector,
): Promise<Selected<Listed>[]> {
  const selected: Selected<Listed>[] = [];
  let since = performance.now();
  for (const listed of all) {
    const mapping = select(listed.name);
    if (mapping !== undefined) selected.push({ listed, mapping });
    if (performance.now() - since < SLICE_MS) continue;
    await nextTurn();
    since = performance.now();
  }
  return selected;
}
