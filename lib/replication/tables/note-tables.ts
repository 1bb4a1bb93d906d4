import { type TableMapping, tableKey } from '../../task/task.ts';
import { fitting, PART_BYTES, roomFor } from '../../record/item-size.ts';
import type { Progress } from '../../record/progress.ts';
import { changeNotes, tableNotes } from '../../record/table-notes.ts';
import type { SetChange } from './table-set.ts';
import { entrySize, MOST_SHOWN, NOTHING_YET } from '../../record/table-room.ts';

type Noted = Pick<Progress, 'tables' | 'leftOut' | 'dropped'>;

/** The notes that `show` prints about tables that come and go. */
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

const note = ({ source, sink }: TableMapping, what: string, isGone = false) => ({
  table: tableKey(source),
  reason: `${what}; ${tableKey(sink)} ${isGone ? 'was dropped too' : 'stays as it was'}`,
});
