import type { Row, Value } from '../../data/change.ts';

const NULL_VALUE = 0xfb;
const TWO_BYTES = 0xfc;
const THREE_BYTES = 0xfd;
const EIGHT_BYTES = 0xfe;
/** No value is longer than this, in bytes. */
const MOST = 2 ** 40;

/** Reads a length-encoded number, and where it ends; undefined if it does not end by `end`. */
export function endOfLength(
  bytes: Buffer,
  at: number,
  end: number,
): { readonly length: number; readonly end: number } | undefined {
  const first = at < end ? (bytes[at] ?? NULL_VALUE) : NULL_VALUE;
  if (first < NULL_VALUE) return { length: first, end: at + 1 };
  const size = first === TWO_BYTES ? 2 : first === THREE_BYTES ? 3 : first === EIGHT_BYTES ? 8 : 0;
  if (size === 0 || at + 1 + size > end) return undefined;
  const length = size === 8 ? Number(bytes.readBigUInt64LE(at + 1)) : bytes.readUIntLE(at + 1, size);
  return length > MOST ? undefined : { length, end: at + 1 + size };
}

/** Where `count` values of the text protocol end; undefined if they do not end by `end`. */
export function endOfValues(bytes: Buffer, start: number, end: number, count: number): number | undefined {
  let at = start;
  for (let i = 0; i < count; i += 1) {
    const first = at < end ? bytes[at] : undefined;
    if (first === undefined) return undefined;
    // Most values are short, so this path makes no object.
    if (first < NULL_VALUE) at += 1 + first;
    else if (first === NULL_VALUE) at += 1;
    else {
      const long = endOfLength(bytes, at, end);
      if (long === undefined) return undefined;
      at = long.end + long.length;
    }
    if (at > end) return undefined;
  }
  return at;
}

/** The values of a row that was checked before. They share its memory. */
export function valuesOf(bytes: Buffer, start: number, end: number, count: number): Row {
  const row: Value[] = [];
  let at = start;
  for (let i = 0; i < count; i += 1) {
    if (bytes[at] === NULL_VALUE) {
      row.push(null);
      at += 1;
      continue;
    }
    const { length, end: from } = endOfLength(bytes, at, end) ?? { length: 0, end: at };
    row.push(bytes.subarray(from, from + length));
    at = from + length;
  }
  return row;
}
