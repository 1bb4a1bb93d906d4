import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { keyIndexes, type Row, type TableSchema, type Value } from './change.ts';

/** The key's values as one text; different keys have different texts. */
export function keyText(schema: TableSchema): (row: Row) => string {
  const indexes = keyIndexes(schema);
  return (row) => indexes.map((index) => part(row, index)).join('');
}

function part(row: Row, index: number): string {
  const value = row[index] ?? null;
  return value === null ? '-' : `${value.length}:${value.toString('latin1')}`;
}

/** The row with only its key values, copied: the rest of the row may be megabytes. */
export function keyOnly(schema: TableSchema): (row: Row) => Row {
  const indexes = new Set(keyIndexes(schema));
  return (row) => row.map((value, i) => (value !== null && indexes.has(i) ? Buffer.from(value) : null));
}

/** A SHA-1 digest of all values, in base64: remembers a row, however long it is. */
export function rowDigest(row: Row): string {
  const hash = createHash('sha1');
  for (const value of row) {
    hash.update(value === null ? '-' : `${value.length}:`);
    if (value !== null) hash.update(value);
  }
  return hash.digest('base64');
}

const LONGEST_VALUE = 60;
const LONGEST_KEY = 150;

/** A key for people to read, `id=5, name="x"`, shortened. Bytes that are not text are printed in hexadecimal. */
export function printKey({ key }: TableSchema, text: string): string {
  const values = keyValues(text);
  const printed = key.map((name, i) => `${name}=${printValue(values[i] ?? null)}`).join(', ');
  return printed.length <= LONGEST_KEY ? printed : `${printed.slice(0, LONGEST_KEY)}…`;
}

/** The inverse of keyText. */
function keyValues(text: string): Value[] {
  const values: Value[] = [];
  for (let at = 0; at < text.length;) {
    if (text[at] === '-') {
      values.push(null);
      at += 1;
      continue;
    }
    const colon = text.indexOf(':', at);
    const end = colon + 1 + Number(text.slice(at, colon));
    values.push(Buffer.from(text.slice(colon + 1, end), 'latin1'));
    at = end;
  }
  return values;
}

function printValue(value: Value): string {
  if (value === null) return 'NULL';
  const text = isUtf8(value) ? value.toString('utf8') : '';
  // Control characters mean nothing to a reader, and can harm a terminal.
  const readable = isUtf8(value) && !/\p{Cc}/u.test(text);
  const shown = readable ? text : `0x${value.subarray(0, LONGEST_VALUE).toString('hex')}`;
  const short = shown.length <= LONGEST_VALUE ? shown : `${shown.slice(0, LONGEST_VALUE)}…`;
  return readable && !/^-?\d+(?:\.\d+)?$/u.test(short) ? JSON.stringify(short) : short;
}
