import { isUtf8 } from 'node:buffer';
import type { Value } from '../replication/change.ts';
import { valueKind } from './column-type.ts';

export type Literal = (value: Value) => string;

const NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u;
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

/**
 * With an exponent, or it would be an exact number: MariaDB cuts those beyond 65 digits, or 38 after the point, without
 * a word (MatrixOne prints 1e300 and 1e-300 in full), and there is no exact -0.
 */
function floating(value: Buffer): string {
  const digits = value.toString('latin1');
  return NUMBER.test(digits) && !/e/iu.test(digits) ? `${digits}e0` : number(value);
}

/** BIT comes as big-endian bytes. As a number it means the same in an INSERT and in a comparison, on every server. */
const bit = (value: Buffer): string => BigInt(`0x${value.length === 0 ? '0' : value.toString('hex')}`).toString();

const WRITERS = { number, floating, bit, bytes: hex, text } as const;

/** Writes the values of a column of this declared type as SQL literals, byte for byte. */
export function literalOf(type: string): Literal {
  const write = WRITERS[valueKind(type)];
  return (value) => (value === null ? 'NULL' : write(value));
}
