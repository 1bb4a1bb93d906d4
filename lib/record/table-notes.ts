import { cutText } from '../cut-text.ts';
import { itemBytes, ENTRY_BYTES, fitting, PART_BYTES, roomFor } from './item-size.ts';
import type { TableKey } from '../task/task.ts';

/** A table, and what `show` says about it. */
export interface TableNote {
  /** The source table (`db.table`). */
  readonly table: TableKey;
  readonly reason: string;
}

/** For `show`: how many notes there are, and the first of them by table name. */
export interface TableNotes {
  readonly count: number;
  readonly first: readonly TableNote[];
}

/** The task's item must stay small, no matter how many tables the source has. */
const MOST_NAMED = 100;
const LONGEST_REASON = 200;

export const NO_NOTES: TableNotes = { count: 0, first: [] };

/** `bytes`: room for the notes in the task's item. */
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

/** Adds the notes `more`, and removes the notes of the tables `without`. */
export function changeNotes(
  notes: TableNotes,
  more: readonly TableNote[],
  without: ReadonlySet<TableKey>,
  bytes?: number,
): TableNotes {
  const added = new Set(more.map(({ table }) => table));
  const kept = notes.first.filter(({ table }) => !without.has(table) && !added.has(table));
  const gone = notes.first.length - kept.length;
  return tableNotes([...kept, ...more], notes.count - gone + more.length, bytes);
}

export const isNoted = ({ first }: TableNotes, table: TableKey): boolean => first.some((note) => note.table === table);
