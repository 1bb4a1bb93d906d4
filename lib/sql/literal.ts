import { isUtf8 } from 'node:buffer';
import type { Value } from '../data/change.ts';
import { isWideDecimal, mysqlColumnType, valueKind } from './column-type.ts';
import type { ValueKind } from './column-types.ts';

export type Literal = (value: Value) => string;
type Writer = (value: Buffer) => string;

const NUMBER = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/u;
/** A backslash escapes or not, as the session's sql_mode has it, and may be half of a character in some character sets. */
const NOT_PLAIN = /[\\\0\u001a]/u;

/**
 * Text as a string literal, also where none but a string may stand, as in DDL. Whether the session takes a backslash for
 * an escape or not, the literal ends where it should; that it is the same text, NO_BACKSLASH_ESCAPES has to be off.
 */
export function quoteText(text: string): string {
  const quoted = text.replaceAll("'", "''");
  return NOT_PLAIN.test(text) ? `'${quoted.replaceAll('\\', '\\\\').replaceAll('\0', '\\0')}'` : `'${quoted}'`;
}

const hex: Writer = (value) => (value.length === 0 ? "''" : `x'${value.toString('hex')}'`);

/**
 * Text means the same whatever the session's sql_mode is: what is not plain goes as hexadecimal digits, of which the
 * introducer says that they are text. So do bytes that are no UTF-8, which the driver would replace silently.
 */
const textBy =
  (introducer: string): Writer =>
  (value) => {
    if (!isUtf8(value)) return hex(value);
    const text = value.toString('utf8');
    return NOT_PLAIN.test(text) ? introducer + hex(value) : quoteText(text);
  };

/** Only what looks like a number goes unquoted; `NaN` or `Infinity` become text for the server to judge. */
const numberBy =
  (text: Writer): Writer =>
  (value) => {
    const digits = value.toString('latin1');
    return NUMBER.test(digits) ? digits : text(value);
  };

/** BIT comes as big-endian bytes. As a number it means the same in an INSERT and in a comparison, on every server. */
const bit: Writer = (value) => BigInt(`0x${value.length === 0 ? '0' : value.toString('hex')}`).toString();

/**
 * Of floats only the text says all: as a number, `-0` would be the integer 0, and MySQL takes the digits that MatrixOne
 * prints of 1e-300 for a decimal, which it rounds to 0.
 */
const writersBy = (text: Writer): Readonly<Record<ValueKind, Writer>> => ({
  number: numberBy(text),
  bit,
  bytes: hex,
  float: text,
  geometry: text,
  text,
});

/** Of the types of text MatrixOne takes digits for these alone; for others a string, with a backslash escaped (4.2.0). */
const TAKES_DIGITS = /^(?:(?:var)?char|text)\b/u;
const MATRIXONE = writersBy((value) => (isUtf8(value) ? quoteText(value.toString('utf8')) : hex(value)));
const matrixoneText = textBy('');
/** Without an introducer, the digits are bytes to MySQL, which its JSON does not take. */
const MYSQL = writersBy(textBy('_utf8mb4 '));

const nullable =
  (write: Writer): Literal =>
  (value) =>
    value === null ? 'NULL' : write(value);

/**
 * Writes the values of a column of this declared type as SQL literals of MatrixOne, byte for byte. It alone takes a
 * geometry; it prints it as text (WKT), and the SRID is the column's. A number of more digits than a DECIMAL128 has is a
 * DOUBLE there, which no decimal is equal to; a text is compared as what the column is (4.2.0).
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
 * … for the end of a key range. A number of 38 digits behind the point has a digit too many with the zero before it:
 * MatrixOne reads it with 37, and where the column begins the key, `<=` leaves out keys that it should take (4.2.0). With
 * a text both are compared as DOUBLEs: several keys may look equal then, and are all on the same side of the end.
 */
export const matrixoneRangeLiteralOf = (type: string, sinkType = type): Literal =>
  isAllFraction(type) ? nullable(MATRIXONE.text) : matrixoneLiteralOf(type, sinkType);

const isAllFraction = (type: string): boolean => /^decimal\(38,\s*38\)/u.test(type);

/** … of MySQL and MariaDB. Where a number is kept as text, only text is equal to it. */
export function mysqlLiteralOf(type: string, sinkType = mysqlColumnType(type)): Literal {
  const kind = valueKind(type);
  return nullable(kind === 'number' && isText(sinkType) ? MYSQL.text : MYSQL[kind]);
}

const isText = (sinkType: string): boolean => /^(?:(?:var)?char|(?:tiny|medium|long)?text)\b/u.test(sinkType);
