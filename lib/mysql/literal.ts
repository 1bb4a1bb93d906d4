import { isUtf8 } from 'node:buffer';
import type { Value } from '../replication/change.ts';
import { isWideDecimal, mysqlColumnType, valueKind } from './column-type.ts';

export type Literal = (value: Value) => string;

const NUMBER = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/u;
const NEEDS_ESCAPE = /['\\\0]/u;

/** Text as a string literal; sessions keep NO_BACKSLASH_ESCAPES off. */
export function quoteText(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `'${text}'`;
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;
}

const hex = (value: Buffer): string => (value.length === 0 ? "''" : `x'${value.toString('hex')}'`);

/** The driver encodes statements as UTF-8: other bytes would be replaced silently, so they go as hexadecimal digits. */
const text = (value: Buffer): string => (isUtf8(value) ? quoteText(value.toString('utf8')) : hex(value));

/** Only what looks like a number goes unquoted; `NaN` or `Infinity` become text for the server to judge. */
function number(value: Buffer): string {
  const digits = value.toString('latin1');
  return NUMBER.test(digits) ? digits : text(value);
}

/** BIT comes as big-endian bytes. As a number it means the same in an INSERT and in a comparison, on every server. */
const bit = (value: Buffer): string => BigInt(`0x${value.length === 0 ? '0' : value.toString('hex')}`).toString();

/**
 * Of floats only the text says all: as a number, `-0` would be the integer 0, and MySQL takes the digits that MatrixOne
 * prints of 1e-300 for a decimal, which it rounds to 0.
 */
const WRITERS = { number, bit, bytes: hex, float: text, geometry: text, text } as const;

/** Writes the values of a column of this declared type as SQL literals, byte for byte. */
export const literalOf = (type: string): Literal => nullable(WRITERS[valueKind(type)]);

/**
 * MatrixOne alone takes a geometry; it prints it as text (WKT), and the SRID is the column's. A number of more digits than
 * a DECIMAL128 has is a DOUBLE there, which no decimal is equal to; a text is compared as what the column is (4.2.0).
 */
export function matrixoneLiteralOf(type: string): Literal {
  if (isWideDecimal(type)) return nullable(text);
  if (valueKind(type) !== 'geometry') return literalOf(type);
  const srid = /\bsrid (\d+)/u.exec(type)?.[1];
  const rest = srid === undefined ? '' : `, ${srid}`;
  return nullable((value) => `st_geomfromtext(${text(value)}${rest})`);
}

/** Where MySQL keeps a decimal as text, only text is equal to it. */
export const mysqlLiteralOf = (type: string): Literal =>
  valueKind(type) === 'number' && /^varchar/u.test(mysqlColumnType(type)) ? nullable(text) : literalOf(type);

const nullable =
  (write: (value: Buffer) => string): Literal =>
  (value) =>
    value === null ? 'NULL' : write(value);
