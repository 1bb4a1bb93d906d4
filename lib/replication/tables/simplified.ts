import { tableKey, type TableKey } from '../../task/task.ts';
import { PART_BYTES } from '../../record/item-size.ts';
import type { Progress } from '../../record/progress.ts';
import type { SinkTable, SinkTables } from '../endpoints/sink-tables.ts';
import { changeNotes, type TableNote } from '../../record/table-notes.ts';

/** `notes`: what the sink lacks of these tables. `whole`: the tables (`db.table`) that the sink has completely. */
export interface Simplified {
  readonly notes: readonly TableNote[];
  readonly whole: readonly TableKey[];
}

/** `left`: names of indexes that the sink refused, keyed by source table (`db.table`). */
export async function simplifiedTables(
  { sink }: { readonly sink: Pick<SinkTables, 'omitted'> },
  tables: readonly SinkTable[],
  left: ReadonlyMap<TableKey, readonly string[]> = new Map(),
): Promise<Simplified> {
  const found: { readonly table: TableKey; readonly omitted: readonly string[] }[] = [];
  for (const { schema } of tables) {
    const table = tableKey(schema.table);
    const refused = (left.get(table) ?? []).map((name) => `the index ${name}`);
    found.push({ table, omitted: [...new Set([...(await sink.omitted(schema)), ...refused])] });
  }
  return {
    notes: found
      .filter(({ omitted }) => omitted.length > 0)
      .map(({ table, omitted }) => ({ table, reason: `without ${omitted.join(', ')}` })),
    whole: found.filter(({ omitted }) => omitted.length === 0).map(({ table }) => table),
  };
}

/**
 * Updates the notes with what is now known of these tables, and removes the tables that have left the task (`gone`).
 */
export const noteSimplified = (
  { simplified }: Progress,
  { notes, whole }: Simplified,
  gone: readonly TableKey[] = [],
): Pick<Progress, 'simplified'> => ({
  simplified: changeNotes(simplified, notes, new Set([...whole, ...gone]), PART_BYTES.simplified),
});
