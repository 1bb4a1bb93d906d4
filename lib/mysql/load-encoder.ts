import type { Row, Value } from '../replication/change.ts';

const PIECE_BYTES = 256 * 1024;
/** Pieces stay far below the 16 MiB of a protocol packet. */
const MAX_PIECE_BYTES = 4 * 1024 * 1024;

const BACKSLASH = 0x5c;
const TAB = 0x09;
const NEWLINE = 0x0a;
const QUOTE = 0x22;
const NULL_FIELD = Buffer.from('\\N', 'latin1');
/** The text NULL: MatrixOne takes the bare word for SQL NULL. Any server reads an escaped letter as that letter. */
const NULL_WORD = Buffer.from('NULL', 'latin1');
const NULL_TEXT = Buffer.from('N\\ULL', 'latin1');

/** What follows the backslash, by byte; 0 means that the byte needs none. */
const ESCAPES = new Uint8Array(256);
ESCAPES[0x00] = 0x30;
ESCAPES[TAB] = 0x74;
ESCAPES[NEWLINE] = 0x6e;
ESCAPES[0x0d] = 0x72;
ESCAPES[BACKSLASH] = BACKSLASH;
// MatrixOne takes a field that starts with a quote for an enclosed one, also where no enclosing was asked for.
ESCAPES[QUOTE] = QUOTE;

/** The format that the encoder writes, as clauses of LOAD DATA. */
export const LOAD_FORMAT = String.raw`fields terminated by '\t' escaped by '\\' lines terminated by '\n'`;

/** What LOAD DATA has to be given for a value. */
export type LoadField = (value: Buffer) => Buffer;

/** Writes rows as a LOAD DATA file, piece by piece. */
export class LoadEncoder {
  #piece = Buffer.allocUnsafe(PIECE_BYTES);
  #used = 0;
  readonly #full: Buffer[] = [];
  readonly #fields: readonly (LoadField | undefined)[];

  /** `fields`: by column, what is written in place of a value; undefined where that is the value itself. */
  constructor(fields: readonly (LoadField | undefined)[] = []) {
    this.#fields = fields;
  }

  add(row: Row): void {
    for (let i = 0; i < row.length; i++) {
      if (i > 0) this.#byte(TAB);
      const value = row[i] ?? null;
      const field = this.#fields[i];
      this.#value(field === undefined || value === null ? value : field(value));
    }
    this.#byte(NEWLINE);
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

  #value(value: Value): void {
    if (value === null) {
      this.#raw(NULL_FIELD);
      return;
    }
    if (value.length === NULL_WORD.length && value.equals(NULL_WORD)) {
      this.#raw(NULL_TEXT);
      return;
    }
    for (let start = 0; start < value.length; start += MAX_PIECE_BYTES / 2) {
      this.#escaped(value.length <= MAX_PIECE_BYTES / 2 ? value : value.subarray(start, start + MAX_PIECE_BYTES / 2));
    }
  }

  #escaped(value: Buffer): void {
    this.#reserve(value.length * 2);
    const piece = this.#piece;
    let used = this.#used;
    for (let i = 0; i < value.length; i++) {
      const byte = value[i] ?? 0;
      const escape = ESCAPES[byte] ?? 0;
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
    if (bytes > this.#piece.length) this.#piece = Buffer.allocUnsafe(bytes);
  }

  /** A piece that was handed out is never written again: it may still wait in the socket. */
  #flush(): void {
    if (this.#used === 0) return;
    this.#full.push(this.#piece.subarray(0, this.#used));
    this.#piece = Buffer.allocUnsafe(PIECE_BYTES);
    this.#used = 0;
  }
}
