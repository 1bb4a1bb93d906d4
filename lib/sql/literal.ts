import { isUtf8 } from 'node:buffer';
import type { Value } from '../data/change.ts';
import { isWideDecimal, mysqlColumnType, valueKind } from './column-type.ts';
import type { ValueKind } from './column-types.ts';

export type Literal = (value: Value) => string;
type Writer = (value: Buffer) => string;

const NUMBER = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/u;
/**
 * A backslash escapes or not, depending on the session's sql_mode, and may be half of a character in some character
 * sets.
 */
const NOT_PLAIN = /[\\\0\u001a]/u;

/**
 * Writes text as a string literal, also for places that take nothing else, as in DDL. The literal ends where it should
 * with any sql_mode. It means the same text only without NO_BACKSLASH_ESCAPES.
 */
export function quoteText(text: string): string {
  const quoted = text.replaceAll("'", "''");
  return NOT_PLAIN.test(text) ? `'${quoted.replaceAll('\\', '\\\\').replaceAll('\0', '\\0')}'` : `'${quoted}'`;
}

const hex: Writer = (value) => (value.length === 0 ? "''" : `x'${value.toString('hex')}'`);

/**
 * Writes text so that it means the same with any sql_mode. Text with special characters becomes hexadecimal digits,
 * with an introducer that says it is text. So do bytes that are no UTF-8, which the driver would replace silently.
 */
const textBy =
  (introducer: string): Writer =>
  (value) => {
    if (!isUtf8(value)) return hex(value);
    const text = value.toString('utf8');
    return NOT_PLAIN.test(text) ? introducer + hex(value) : quoteText(text);
  };

/** Writes only numbers without quotes. `NaN` and `Infinity` become text, and the server checks them. */
const numberBy =
  (text: Writer): Writer =>
  (value) => {
    const digits = value.toString('latin1');
    return NUMBER.test(digits) ? digits : text(value);
  };

/**
 * BIT arrives as big-endian bytes. Written as a number, it means the same in an INSERT and in a comparison, on every
 * server.
 */
const bit: Writer = (value) => BigInt(`0x${value.length === 0 ? '0' : value.toString('hex')}`).toString();

/**
 * Writes floats as text. As a number, `-0` would be the integer 0, and MySQL would read MatrixOne's digits of 1e-300 as
 * a decimal and round it to 0.
 */
const writersBy = (text: Writer): Readonly<Record<ValueKind, Writer>> => ({
  number: numberBy(text),
  bit,
  bytes: hex,
  float: text,
  geometry: text,
  text,
});

/**
 * The only text types for which MatrixOne takes hexadecimal digits. Others need a string with escaped backslashes
 * (4.2.0).
 */
const TAKES_DIGITS = /^(?:(?:var)?char|text)\b/u;
const MATRIXONE = writersBy((value) => (isUtf8(value) ? quoteText(value.toString('utf8')) : hex(value)));
const matrixoneText = textBy('');
/** Without an introducer, MySQL takes the digits for bytes, which its JSON refuses. */
const MYSQL = writersBy(textBy('_utf8mb4 '));

const nullable =
  (write: Writer): Literal =>
  (value) =>
    value === null ? 'NULL' : write(value);

/**
 * Writes values of a column of this declared type as SQL literals of MatrixOne, byte for byte. Only MatrixOne takes
 * geometries as such. It prints them as text (WKT), and the SRID is the column's. It reads a number with more digits
 * than a DECIMAL128 as a DOUBLE, which no decimal equals, so such a number is written as text: it compares a text as
 * the column's type (4.2.0).
 */
export function matrixoneLiteralOf(type: string, sinkType = type): Literal {
  const kind = valueKind(type);
  if (TAKES_DIGITS.test(sinkType) && (kind === 'text' || kind === 'number')) return nullable(matrixoneText);
  if (isWideDecimal(type)) return nullable(MATRIXONE.text);
  if (kind !== 'geometry') return nullable(MATRIXONE[kind]);
  const srid = /\bsrid (\d+)/u.exec(type)?.[1];
  const rest = srid === undefined ? '' : `, ${srid}`;
  return nullable((value) => `st_geomfromtext(${MATRIXONE.geometry(value)}${rest})`);
}

/**
 * As matrixoneLiteralOf, for the end of a key range. With the zero before the point, a number of 38 digits behind the
 * point has one digit too many: MatrixOne reads 37, and `<=` then leaves out keys if the column begins the key (4.2.0).
 * Written as text, both sides are compared as DOUBLEs. Several keys may then look equal, and are all on the same side
 * of the end.
 */
export const matrixoneRangeLiteralOf = (type: string, sinkType = type): Literal =>
  isAllFraction(type) ? nullable(MATRIXONE.text) : matrixoneLiteralOf(type, sinkType);

const isAllFraction = (type: string): boolean => /^decimal\(38,\s*38\)/u.test(type);

/** As matrixoneLiteralOf, for MySQL and MariaDB. If the sink stores a number as text, only text equals it. */
export function mysqlLiteralOf(type: string, sinkType = mysqlColumnType(type)): Literal {
  const kind = valueKind(type);
  return nullable(kind === 'number' && isText(sinkType) ? MYSQL.text : MYSQL[kind]);
}

const isText = (sinkType: string): boolean => /^(?:(?:var)?char|(?:tiny|medium|long)?text)\b/u.test(sinkType);
