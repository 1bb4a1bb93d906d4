import { itemBytes, ENTRY_BYTES, roomFor, PART_BYTES } from './item-size.ts';
import type { Progress, TableProgress } from './progress.ts';

/** Tables that show names one by one: the task's item has to stay small. */
export const MOST_SHOWN = 1_000;
/** The progress of a table of which nothing is loaded. */
export const NOTHING_YET: TableProgress = { chunks: 0, chunksDone: 0, rows: 0 };

/** With the progress of one more table, as long as there is room. */
export function withTable(tables: Progress['tables'], key: string, counted: TableProgress): Progress['tables'] {
  const room = Object.hasOwn(tables, key) || roomBeside(tables)(entrySize(key));
  return room ? { ...tables, [key]: counted } : tables;
}

export const entrySize = (key: string): number => itemBytes(key) + ENTRY_BYTES;

/** Which more of them there is room for: asked with the name of one after another. */
export function roomForMore(tables: Progress['tables']): (key: string) => boolean {
  const fits = roomBeside(tables);
  return (key) => fits(entrySize(key));
}

function roomBeside(tables: Progress['tables']): (size: number) => boolean {
  const fits = roomFor(PART_BYTES.tables, MOST_SHOWN);
  for (const key of Object.keys(tables)) fits(entrySize(key));
  return fits;
}
