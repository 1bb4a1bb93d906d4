import { type Change, isKeyless, type Row, type TableSchema } from '../../lib/data/change.ts';
import type { BatchMode } from '../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../lib/replication/endpoints/sink-tables.ts';
import { inPairs, keyOf, type MemoryTable, saysOf } from './memory-source.ts';

export function applyDeletion(rows: MemoryTable, table: SinkTable, { row }: Change, mode: BatchMode): void {
  if (mode !== 'insert' && !isKeyless(table.schema)) rows.delete(keyOf(table.schema, row));
}

export function applyInsertion(rows: MemoryTable, table: SinkTable, { row, deleted }: Change, mode: BatchMode): void {
  if (mode === 'delete' || deleted) return;
  const key = placeOf(table.schema, row);
  if (rows.has(key)) throw new Error(`A duplicate of ${key}`);
  rows.set(key, row);
}

let places = 0;
/** Rows without a key may be equal: each has a place of its own. */
export const placeOf = (schema: TableSchema, row: Row): string =>
  isKeyless(schema) ? `#${(places += 1)}` : keyOf(schema, row);

export async function* readInPairs(rows: MemoryTable, wanted: (key: string) => boolean): AsyncIterable<Row[]> {
  yield* inPairs([...rows].filter(([key]) => wanted(key)).map(([, row]) => row));
}

/** The rows under another schema: columns find their values by name. */
export function rekeyed(rows: MemoryTable, before: TableSchema | undefined, after: TableSchema): MemoryTable {
  const places = after.columns.map(({ name }) => before?.columns.findIndex((column) => column.name === name) ?? -1);
  const moved = [...rows.values()].map((row) => places.map((place) => row[place] ?? null));
  return new Map(moved.map((row) => [placeOf(after, row), row]));
}

export const saying = (schema: TableSchema | undefined): string | undefined => schema && saysOf(schema);
