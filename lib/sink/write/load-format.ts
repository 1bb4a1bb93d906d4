/** The format of LOAD DATA files that we write, as clauses of the statement. */
export const LOAD_FORMAT = String.raw`fields terminated by '\t' escaped by '\\' lines terminated by '\n'`;

export const BACKSLASH = 0x5c;
export const TAB = 0x09;
export const NEWLINE = 0x0a;
const QUOTE = 0x22;

export const NULL_FIELD = Buffer.from('\\N', 'latin1');
/** The text NULL. MatrixOne reads the bare word as SQL NULL. Every server reads an escaped letter as that letter. */
export const NULL_TEXT = Buffer.from('N\\ULL', 'latin1');

/** The byte to write after a backslash, by byte; 0 if the byte needs no escape. */
export const ESCAPES = new Uint8Array(256);
ESCAPES[0x00] = 0x30;
ESCAPES[TAB] = 0x74;
ESCAPES[NEWLINE] = 0x6e;
ESCAPES[0x0d] = 0x72;
ESCAPES[BACKSLASH] = BACKSLASH;
// MatrixOne reads a field that starts with a quote as an enclosed one, even if no enclosing was asked for.
ESCAPES[QUOTE] = QUOTE;

/** Is it the text NULL? */
export const isNullText = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start === 4 &&
  bytes[start] === 0x4e &&
  bytes[start + 1] === 0x55 &&
  bytes[start + 2] === 0x4c &&
  bytes[start + 3] === 0x4c;

/** Bytes that every server reads as themselves after a backslash: some letters and digits, and the space. */
const SELF = new Set(Buffer.from(' acdefghijklmopqsuvwxyzABCDEFGHIJKLMOPQRSTUVWXY123456789', 'latin1'));

/** Position of the first byte that may be escaped without need; `end` if there is none. */
export function selfAt(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && !SELF.has(bytes[at] as number)) at += 1;
  return at;
}
