import { itemBytes, ENTRY_BYTES, roomFor, PART_BYTES } from './item-size.ts';
import type { Progress, TableProgress } from './progress.ts';
import { type TableKey, tableKeysOf } from '../task/task.ts';

/** How many tables `show` names: the task's item must stay small. */
export const MOST_SHOWN = 1_000;
/** The progress of a table of which nothing is loaded. */
export const NOTHING_YET: TableProgress = { chunks: 0, chunksDone: 0, rows: 0 };

/** Adds or replaces the progress of a table if there is room for it. */
export function withTable(tables: Progress['tables'], key: TableKey, counted: TableProgress): Progress['tables'] {
  const room = Object.hasOwn(tables, key) || roomBeside(tables)(entrySize(key));
  return room ? { ...tables, [key]: counted } : tables;
}

export const entrySize = (key: TableKey): number => itemBytes(key) + ENTRY_BYTES;

/** Returns a function to call with the name of one further table after another; true when there is room for it. */
export function roomForMore(tables: Progress['tables']): (key: TableKey) => boolean {
  const fits = roomBeside(tables);
  return (key) => fits(entrySize(key));
}

function roomBeside(tables: Progress['tables']): (size: number) => boolean {
  const fits = roomFor(PART_BYTES.tables, MOST_SHOWN);
  for (const key of tableKeysOf(tables)) fits(entrySize(key));
  return fits;
}
