import { withoutEnd } from '../without-end.ts';
import type { Column } from '../data/change.ts';
import { baseType } from '../sql/column-type.ts';
import { canonicalJson } from './canonical-json.ts';
import type { ValueForm } from '../sink/dialect/value-form.ts';

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?$/u;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/u;
const FRACTION = /^(.*:\d\d)(?:\.(\d*))?$/u;
const TIME = /^(-?)(\d+)(:\d\d:\d\d.*)$/u;

const ofText =
  (change: (text: string) => string): NonNullable<ValueForm> =>
  (value) => {
    const text = value.toString('latin1');
    const changed = change(text);
    return changed === text ? value : Buffer.from(changed, 'latin1');
  };

/** Removes leading zeros, but keeps one digit. */
const withoutZeros = (digits: string): string => digits.replace(/^0+(?=\d)/u, '');

/** Removes zeros at either end, and the sign of zero. Exact for any number of digits. */
const decimal = ofText((text) => {
  const parts = DECIMAL.exec(text);
  if (parts === null) return text;
  const [, sign = '', digitsBefore = '', digitsAfter = ''] = parts;
  const whole = withoutZeros(digitsBefore);
  const fraction = withoutEnd(digitsAfter, '0');
  const digits = fraction === '' ? whole : `${whole}.${fraction}`;
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
});

/** A server without booleans prints 0 and 1. */
const bool = ofText((text) => (text === 'true' ? '1' : text === 'false' ? '0' : text));

/** Writes a number in one form by reading it as a JavaScript number. -0 becomes 0: MariaDB does not store -0. */
const floating = (round: (value: number) => number): NonNullable<ValueForm> =>
  ofText((text) => {
    const value = NUMBER.test(text) ? round(Number(text)) : Number.NaN;
    return Number.isFinite(value) ? String(value === 0 ? 0 : value) : text;
  });

const fraction = ofText((text) => {
  const [, rest, fraction = ''] = FRACTION.exec(text) ?? [];
  const digits = withoutEnd(fraction, '0');
  return rest === undefined ? text : digits === '' ? rest : `${rest}.${digits}`;
});

const time = ofText((text) => {
  const whole = fraction(Buffer.from(text, 'latin1')).toString('latin1');
  const [, sign, hours, rest] = TIME.exec(whole) ?? [];
  if (hours === undefined || rest === undefined) return whole;
  return `${/[1-9]/u.test(hours + rest) ? (sign ?? '') : ''}${withoutZeros(hours)}${rest}`;
});

const bits = (value: Buffer): Buffer => {
  const first = value.findIndex((byte) => byte !== 0);
  return first < 0 ? Buffer.alloc(1) : value.subarray(first);
};

/** Sorts the labels. Their order is that of the declaration, which may differ at the sink. */
const set = ofText((text) =>
  text
    .split(',')
    .map((label) => withoutEnd(label, ' '))
    .sort()
    .join(','),
);

const withoutBytes =
  (byte: number): NonNullable<ValueForm> =>
  (value) => {
    let end = value.length;
    while (end > 0 && value[end - 1] === byte) end -= 1;
    return value.subarray(0, end);
  };

const FORMS: Readonly<Record<string, ValueForm>> = {
  bool,
  boolean: bool,
  float: floating(Math.fround),
  double: floating((value) => value),
  real: floating((value) => value),
  datetime: fraction,
  timestamp: fraction,
  time,
  bit: bits,
  set,
  json: canonicalJson,
  uuid: ofText((text) => text.toLowerCase()),
};

const NUMBERS = /^(?:(?:tiny|small|medium|big)?int(?:eger|8|16|32|64)?|decimal\w*|numeric|dec|year)$/u;

/**
 * Converts values that a MySQL or MariaDB column of type `sinkType` prints differently than a MatrixOne column of type
 * `type`.
 */
export function valueForm({ type }: Pick<Column, 'type'>, sinkType: string): ValueForm {
  const base = baseType(type);
  // CHAR and labels lose trailing spaces, and BINARY(n) is padded with zeros. A value that the sink cannot hold exactly
  // is no difference.
  if (/^(?:char|enum)\b/u.test(sinkType)) return withForm(FORMS[base], withoutBytes(0x20));
  if (/^binary\b/u.test(sinkType)) return withForm(FORMS[base], withoutBytes(0));
  if (/^json\b/u.test(sinkType)) return canonicalJson;
  return NUMBERS.test(base) ? decimal : FORMS[base];
}

const withForm = (first: ValueForm, then: NonNullable<ValueForm>): ValueForm =>
  first === undefined ? then : (value) => then(first(value));

/** MySQL prints a FLOAT with six digits, but nine distinguish all floats. As a DOUBLE it is printed in full. */
export const selectedValue = (name: string, sinkType: string): string =>
  /^float\b/u.test(sinkType) ? `(${name} * 1e0)` : name;
