import type { Change, Row, Value } from './change.ts';

/**
 * Packed rows: the values of the text protocol, one after the other, each with its length before it (a
 * _length-encoded string_), as the server sent them. Nothing is an object of its own until somebody asks for the rows.
 */
export class RowBlock implements Iterable<Row> {
  readonly bytes: Buffer;
  /** Number of rows. */
  readonly length: number;
  /** Values of a row. */
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

  /** As of an array. */
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

/** What marks a change in the first value of its packed row. */
export const DELETED = Buffer.from('1');
export const NOT_DELETED = Buffer.from('0');

/** Packed changes: rows with one more value before the others, which says whether the row was deleted. */
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

  /** As of an array. */
  slice(start: number, end?: number): ChangeBlock {
    return new ChangeBlock(this.rows.slice(start, end));
  }
}

/** Several rows, packed where nobody has looked at them yet. */
export type Rows = readonly Row[] | RowBlock;
export type Changes = readonly Change[] | ChangeBlock;

/** Those that are to be kept, in memory of their own where they are few: each would keep the whole block with it. */
export function keptRows(rows: Rows, isKept: (row: Row) => boolean): readonly Row[] {
  const kept = [...rows].filter(isKept);
  return kept.length === rows.length ? kept : kept.map(copied);
}

const copied = (row: Row): Row => row.map((value) => (value === null ? null : Buffer.from(value)));

/** Bytes of all values; of packed ones, with their lengths. */
export function byteLength(changes: Changes): number {
  if (changes instanceof ChangeBlock) return changes.rows.bytes.length;
  let bytes = 0;
  for (const { row } of changes) for (const value of row) bytes += value?.length ?? 0;
  return bytes;
}

/** The same of whatever comes in a stream. Of packed rows it costs nothing, however many they are. */
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

/** Stands for a NULL in packed values, where others have their length. */
export const NULL_VALUE = 0xfb;
const TWO_BYTES = 0xfc;
const THREE_BYTES = 0xfd;

/** Walks through packed values without making an object of each. */
export class ValueCursor {
  /** Where the current value begins and ends; of NULL they mean nothing, but that the next one begins at its end. */
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
      // Eight bytes stand for the longest; no value has more than six of them can say.
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
