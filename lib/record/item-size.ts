/**
 * The parts of a task that grow with the number of tables are limited in bytes, whatever script their names use: a name
 * of 64 characters may have 256 bytes. An item of DynamoDB takes 400 KB of names and values. A task is several items by
 * now (lib/dynamodb/items/task-parts.ts), and would still fit into one: together with the declaration (120 KB, or 150 KB
 * including what an edit replaces), that leaves 60 KB for the names of tables that are missing at the source.
 */
export const PART_BYTES = {
  tables: 78_500,
  notes: 12_000,
  simplified: 6_000,
  compared: 6_000,
  aside: 24_000,
  inStep: 26_000,
  inTrouble: 36_000,
} as const;

/** Bytes of an entry without its name: the names of its attributes, its numbers, and what DynamoDB adds. */
export const ENTRY_BYTES = 50;

/**
 * Returns a function to call with the size of one entry after another; true when the entry still fits. `bytes`: room
 * for all entries; `most`: largest number of entries.
 */
export function roomFor(bytes: number, most: number): (size: number) => boolean {
  let [left, entries] = [bytes, most];
  return (size) => {
    if (entries === 0 || size > left) return false;
    left -= size;
    entries -= 1;
    return true;
  };
}

/** The leading entries that fit. */
export function fitting<T>(all: readonly T[], sizeOf: (one: T) => number, fits: (size: number) => boolean): T[] {
  const end = all.findIndex((one) => !fits(sizeOf(one)));
  return end < 0 ? [...all] : all.slice(0, end);
}

export const itemBytes = (...texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
