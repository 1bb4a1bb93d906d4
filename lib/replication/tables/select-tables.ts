import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TableSelector } from '../../task/table-selection.ts';
import type { TableMapping, TableName } from '../../task/task.ts';

/** Milliseconds after which the loop lets other work run. One name may take longer. */
const SLICE_MS = 20;

export interface Selected<Listed> {
  readonly listed: Listed;
  readonly mapping: TableMapping;
}

/**
 * The tables that the task copies. Matching the task's expressions against many names takes a while and blocks the
 * process. So the loop pauses: meanwhile the worker renews its lease, and notices its deadline or a pause.
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
