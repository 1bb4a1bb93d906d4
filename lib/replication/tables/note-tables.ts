import { type TableMapping, tableKey } from '../../task/task.ts';
import { bytesOf, ENTRY_BYTES, fitting, PART_BYTES, roomFor } from '../../record/item-size.ts';
import type { Progress, TableProgress } from '../../record/progress.ts';
import { changeNotes, tableNotes } from '../../record/table-notes.ts';
import type { SetChange } from './table-set.ts';

type Noted = Pick<Progress, 'tables' | 'leftOut' | 'dropped'>;

/** Tables that show names one by one: the task's item has to stay small. */
export const MOST_SHOWN = 1_000;
const NOTHING_YET: TableProgress = { chunks: 0, chunksDone: 0, rows: 0 };

/** What show tells of tables that come and go. */
export function noteTables(
  progress: Progress,
  { kept, added, dropped, removed, aside, leftOut }: SetChange,
  droppedToo: readonly TableMapping[] = [],
): Noted {
  const found = [...kept, ...added, ...aside].map(({ source }) => tableKey(source)).sort();
  const notes = [
    ...dropped.map((mapping) => note(mapping, 'dropped or renamed at the source', droppedToo.includes(mapping))),
    ...removed.map((mapping) => note(mapping, 'taken out of the task')),
  ];
  const present = fitting(found, entrySize, roomFor(PART_BYTES.tables, MOST_SHOWN));
  return {
    tables: Object.fromEntries(present.map((key) => [key, progress.tables[key] ?? NOTHING_YET])),
    leftOut: tableNotes(leftOut),
    dropped: changeNotes(progress.dropped, notes, new Set(found)),
  };
}

/** With the progress of one more table, as long as there is room. */
export function withTable(tables: Progress['tables'], key: string, counted: TableProgress): Progress['tables'] {
  const room = Object.hasOwn(tables, key) || roomBeside(tables)(entrySize(key));
  return room ? { ...tables, [key]: counted } : tables;
}

const entrySize = (key: string): number => bytesOf(key) + ENTRY_BYTES;

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

const note = ({ source, sink }: TableMapping, what: string, isGone = false) => ({
  table: tableKey(source),
  reason: `${what}; ${tableKey(sink)} ${isGone ? 'was dropped too' : 'stays as it was'}`,
});
