import { cutText } from '../cut-text.ts';
import { itemBytes, ENTRY_BYTES, fitting, PART_BYTES, roomFor } from './item-size.ts';

/** A table and what there is to say about it. */
export interface TableNote {
  /** `database.table`, as the source has it. */
  readonly table: string;
  readonly reason: string;
}

/** For show: how many there are, and the first of them by name. */
export interface TableNotes {
  readonly count: number;
  readonly first: readonly TableNote[];
}

/** A task's item has to stay small, whatever the source holds. */
const MOST_NAMED = 100;
const LONGEST_REASON = 200;

export const NO_NOTES: TableNotes = { count: 0, first: [] };

/** `bytes`: what they may take in the task's item. */
export const tableNotes = (
  all: readonly TableNote[],
  count = all.length,
  bytes: number = PART_BYTES.notes,
): TableNotes => ({
  count,
  first: fitting(
    all
      .toSorted((a, b) => (a.table < b.table ? -1 : 1))
      .map(({ table, reason }) => ({ table, reason: cutText(reason, LONGEST_REASON) })),
    ({ table, reason }) => itemBytes(table, reason) + ENTRY_BYTES,
    roomFor(bytes, MOST_NAMED),
  ),
});

/** With notes about further tables, and without those about others. */
export function changeNotes(
  notes: TableNotes,
  more: readonly TableNote[],
  without: ReadonlySet<string>,
  bytes?: number,
): TableNotes {
  const added = new Set(more.map(({ table }) => table));
  const kept = notes.first.filter(({ table }) => !without.has(table) && !added.has(table));
  const gone = notes.first.length - kept.length;
  return tableNotes([...kept, ...more], notes.count - gone + more.length, bytes);
}

export const isNoted = ({ first }: TableNotes, table: string): boolean => first.some((note) => note.table === table);
