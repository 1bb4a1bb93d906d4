import type { Change, Row, Value } from './change.ts';

/**
 * Packed rows, as the server sent them: the values of the text protocol one after the other, each preceded by its
 * length (a _length-encoded string_). Values become objects only when somebody iterates over the rows.
 */
export class RowBlock implements Iterable<Row> {
  readonly bytes: Buffer;
  /** Number of rows. */
  readonly length: number;
  /** Number of values in a row. */
  readonly columns: number;

  constructor(bytes: Buffer, length: number, columns: number) {
    this.bytes = bytes;
    this.length = length;
    this.columns = columns;
  }

  /** The rows share the block's memory. */
  *[Symbol.iterator](): Generator<Row, void, undefined> {
    const cursor = new ValueCursor(this.bytes);
    for (let i = 0; i < this.length; i++) yield Array.from({ length: this.columns }, () => cursor.take());
  }

  /** As `slice` of an array. */
  slice(start: number, end = this.length): RowBlock {
    const last = Math.min(end, this.length);
    if (start === 0 && last === this.length) return this;
    const cursor = new ValueCursor(this.bytes);
    cursor.skip(start * this.columns);
    const from = cursor.end;
    cursor.skip((last - start) * this.columns);
    return new RowBlock(this.bytes.subarray(from, cursor.end), last - start, this.columns);
  }
}

/** The first value of a packed change: whether the row was deleted. */
export const DELETED = Buffer.from('1');
export const NOT_DELETED = Buffer.from('0');

/** Packed changes: rows with one more value at the beginning, DELETED or NOT_DELETED. */
export class ChangeBlock implements Iterable<Change> {
  readonly rows: RowBlock;

  constructor(rows: RowBlock) {
    this.rows = rows;
  }

  /** Number of changes. */
  get length(): number {
    return this.rows.length;
  }

  *[Symbol.iterator](): Generator<Change, void, undefined> {
    for (const [deleted, ...row] of this.rows) yield { deleted: deleted?.[0] === DELETED[0], row };
  }

  /** As `slice` of an array. */
  slice(start: number, end?: number): ChangeBlock {
    return new ChangeBlock(this.rows.slice(start, end));
  }
}

/** Several rows; packed, unless somebody had to look at them. */
export type Rows = readonly Row[] | RowBlock;
export type Changes = readonly Change[] | ChangeBlock;

/** The rows that pass `isKept`. If not all do, copies them: otherwise each one would keep its whole block in memory. */
export function keptRows(rows: Rows, isKept: (row: Row) => boolean): readonly Row[] {
  const kept = [...rows].filter(isKept);
  return kept.length === rows.length ? kept : kept.map(copied);
}

const copied = (row: Row): Row => row.map((value) => (value === null ? null : Buffer.from(value)));

/** The bytes of all values; for packed changes, with the encoded lengths. */
export function byteLength(changes: Changes): number {
  if (changes instanceof ChangeBlock) return changes.rows.bytes.length;
  let bytes = 0;
  for (const { row } of changes) for (const value of row) bytes += value?.length ?? 0;
  return bytes;
}

/** As byteLength, for any batch of a stream. For packed rows it costs nothing, however many they are. */
export function batchBytes(batch: unknown): number {
  if (batch instanceof RowBlock) return batch.bytes.length;
  if (batch instanceof ChangeBlock) return batch.rows.bytes.length;
  return Array.isArray(batch) ? batch.reduce((sum: number, item: unknown) => sum + valueBytes(item), 0) : 0;
}

function valueBytes(item: unknown): number {
  if (item instanceof Uint8Array) return item.length;
  if (Array.isArray(item)) return item.reduce((sum: number, value: unknown) => sum + valueBytes(value), 0);
  return typeof item === 'object' && item !== null && 'row' in item ? valueBytes(item.row) : 0;
}

/** Marks a NULL in packed values, where other values have their length. */
export const NULL_VALUE = 0xfb;
const TWO_BYTES = 0xfc;
const THREE_BYTES = 0xfd;

/** Walks through packed values without making an object of each. */
export class ValueCursor {
  /** Where the current value begins and ends. For a NULL, only `end` has a meaning: the next value begins there. */
  start = 0;
  end = 0;
  isNull = false;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(): void {
    const bytes = this.#bytes;
    const at = this.end;
    const first = bytes[at] ?? NULL_VALUE;
    this.isNull = first === NULL_VALUE;
    if (first <= NULL_VALUE) {
      this.start = at + 1;
      this.end = this.isNull ? this.start : this.start + first;
    } else {
      // The longest form has eight bytes; six of them are enough for any value.
      const size = first === TWO_BYTES ? 2 : first === THREE_BYTES ? 3 : 8;
      this.start = at + 1 + size;
      this.end = this.start + bytes.readUIntLE(at + 1, Math.min(size, 6));
    }
  }

  skip(values: number): void {
    for (let i = 0; i < values; i++) this.next();
  }

  take(): Value {
    this.next();
    return this.isNull ? null : this.#bytes.subarray(this.start, this.end);
  }
}
