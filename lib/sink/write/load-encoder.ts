import type { Row, Value } from '../../data/change.ts';
import { RowBlock, type Rows, ValueCursor } from '../../data/row-block.ts';
import type { LoadField } from '../dialect/dialect.ts';
import { BACKSLASH, ESCAPES, isNullText, NEWLINE, NULL_FIELD, NULL_TEXT, selfAt, TAB } from './load-format.ts';
import { plainRows, writePlainRows } from './plain-rows.ts';

const PIECE_BYTES = 256 * 1024;

/** Far below the 16 MiB of a protocol packet. */
const MAX_PIECE_BYTES = 4 * 1024 * 1024;

/** Writes rows as a LOAD DATA file, piece by piece. */
export class LoadEncoder {
  #piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #used = 0;
  readonly #full: Buffer[] = [];
  readonly #fields: readonly (LoadField | undefined)[];
  readonly #asTheyAre: boolean;

  /** `fields`: converts the values of each column; undefined writes them as they are. */
  constructor(fields: readonly (LoadField | undefined)[] = []) {
    this.#fields = fields;
    this.#asTheyAre = fields.every((field) => field === undefined);
  }

  add(rows: Rows): void {
    if (rows instanceof RowBlock) this.#addBlock(rows);
    else for (const row of rows) this.#addRow(row);
  }

  /** The pieces that are full. */
  takeFull(): Buffer[] {
    return this.#full.splice(0);
  }

  /** Everything that has not been taken yet. */
  takeAll(): Buffer[] {
    this.#flush();
    return this.takeFull();
  }

  #addRow(row: Row): void {
    for (let i = 0; i < row.length; i++) {
      if (i > 0) this.#byte(TAB);
      this.#value(row[i] ?? null, i);
    }
    this.#byte(NEWLINE);
  }

  #addBlock(block: RowBlock): void {
    const { bytes, length, columns } = block;
    const cursor = new ValueCursor(bytes);
    for (let done = 0; done < length; done++) {
      if (this.#asTheyAre) {
        const { end, rows } = plainRows(block, cursor.end, length - done);
        this.#plain(block, cursor.end, end);
        cursor.end = end;
        done += rows;
        if (done === length) return;
      }
      for (let i = 0; i < columns; i++) {
        if (i > 0) this.#byte(TAB);
        this.#packed(bytes, cursor, i);
      }
      this.#byte(NEWLINE);
    }
  }

  #plain(block: RowBlock, start: number, end: number): void {
    if (start === end) return;
    this.#reserve(end - start);
    this.#used = writePlainRows(block, start, end, this.#piece, this.#used);
  }

  #packed(bytes: Buffer, cursor: ValueCursor, column: number): void {
    cursor.next();
    if (cursor.isNull) this.#raw(NULL_FIELD);
    else if (this.#fields[column] === undefined) this.#text(bytes, cursor.start, cursor.end);
    else this.#value(bytes.subarray(cursor.start, cursor.end), column);
  }

  #value(value: Value, column: number): void {
    const written = value === null ? null : (this.#fields[column]?.(value) ?? value);
    if (written === null) this.#raw(NULL_FIELD);
    else this.#text(written, 0, written.length);
  }

  #text(bytes: Buffer, start: number, end: number): void {
    if (isNullText(bytes, start, end)) {
      this.#raw(NULL_TEXT);
      return;
    }
    for (let from = start; from < end; from += MAX_PIECE_BYTES / 2) {
      this.#part(bytes, from, Math.min(end, from + MAX_PIECE_BYTES / 2), from > start);
    }
  }

  /**
   * `further`: a part of a long value after the first. MatrixOne refuses a field with 10 MB without an escape ("size of
   * row cannot exceed the max value of txn-entry-size-limit", 4.2.0), so each further part gets one escape.
   */
  #part(bytes: Buffer, start: number, end: number, further: boolean): void {
    const at = further ? selfAt(bytes, start, end) : end;
    this.#escaped(bytes, start, at);
    if (at < end) this.#byte(BACKSLASH);
    this.#escaped(bytes, at, end);
  }

  #escaped(bytes: Buffer, start: number, end: number): void {
    // For a long value, counting the escapes first saves memory: nearly all values need hardly more bytes than they
    // have.
    const isLong = (end - start) * 2 > PIECE_BYTES;
    this.#reserve(isLong ? end - start + escapesIn(bytes, start, end) : (end - start) * 2);
    const piece = this.#piece;
    let used = this.#used;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      const escape = ESCAPES[byte] as number;
      if (escape === 0) {
        piece[used++] = byte;
      } else {
        piece[used++] = BACKSLASH;
        piece[used++] = escape;
      }
    }
    this.#used = used;
  }

  #raw(bytes: Buffer): void {
    this.#reserve(bytes.length);
    this.#used += bytes.copy(this.#piece, this.#used);
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#piece[this.#used++] = byte;
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#piece.length) return;
    this.#flush();
    if (bytes > this.#piece.length) this.#piece = Buffer.allocUnsafeSlow(bytes);
  }

  /** Never writes again to a piece that was handed out: it may still wait in the socket. */
  #flush(): void {
    if (this.#used === 0) return;
    this.#full.push(this.#piece.subarray(0, this.#used));
    this.#piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    this.#used = 0;
  }
}

function escapesIn(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if (ESCAPES[bytes[i] as number] !== 0) count += 1;
  return count;
}
