import { createHash } from 'node:crypto';
import { keyIndexes, type Row, type TableSchema } from './change.ts';

/** The key's values as one text: different keys, different texts. */
export function keyText(schema: TableSchema): (row: Row) => string {
  const indexes = keyIndexes(schema);
  return (row) => indexes.map((index) => part(row, index)).join('');
}

function part(row: Row, index: number): string {
  const value = row[index] ?? null;
  return value === null ? '-' : `${value.length}:${value.toString('latin1')}`;
}

/** A digest of all values: what a row is remembered by, however long it is. */
export function rowDigest(row: Row): string {
  const hash = createHash('sha1');
  for (const value of row) {
    hash.update(value === null ? '-' : `${value.length}:`);
    if (value !== null) hash.update(value);
  }
  return hash.digest('base64');
}
