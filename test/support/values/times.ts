import fc from 'fast-check';
import { pad, type TypeCase } from './type-case.ts';

const dayFrom = (first: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: first, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
    .map(([y, m, d]) => `${pad(y, 4)}-${pad(m)}-${pad(d)}`);
const clockTo = (hours: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: 0, max: hours }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }))
    .map(([h, m, s]) => `${pad(h)}:${pad(m)}:${pad(s)}`);

/** Not zero: MatrixOne prints a DATETIME without a fraction of zero. */
const fraction = (digits: number): fc.Arbitrary<string> =>
  digits === 0
    ? fc.constant('')
    : fc.integer({ min: 1, max: 10 ** digits - 1 }).map((micros) => `.${pad(micros, digits)}`);
const nines = (digits: number): string => (digits === 0 ? '' : `.${'9'.repeat(digits)}`);
const sized = (type: string, digits: number): string => (digits === 0 ? type : `${type}(${digits})`);

const time = (digits: number): TypeCase => ({
  type: sized('time', digits),
  edges: [
    ...(digits === 0 ? ['-838:59:59', '838:59:59'] : []),
    `-838:59:58${nines(digits)}`,
    `838:59:58${nines(digits)}`,
    `24:00:00${nines(digits)}`,
    `-00:00:01${nines(digits)}`,
  ],
  values: fc
    .tuple(fc.constantFrom('', '-'), clockTo(837), fraction(digits))
    .map(([sign, clock, rest]) => `${sign}${clock}${rest}`),
  refusedByMysql: digits === 0 ? [] : [`-838:59:59${nines(digits)}`, `838:59:59${nines(digits)}`],
  refused: ['839:00:00', '-2562047787:59:59'].map((clock) => clock + (digits === 0 ? '' : `.${'0'.repeat(digits)}`)),
});

const moment = (type: string, digits: number, first: string, firstYear: number): TypeCase => ({
  type: sized(type, digits),
  edges: [`${first}${nines(digits)}`, `2038-01-19 03:14:08${nines(digits)}`, `9999-12-31 23:59:59${nines(digits)}`],
  values: fc
    .tuple(dayFrom(firstYear), clockTo(23), fraction(digits))
    .map(([day, clock, rest]) => `${day} ${clock}${rest}`),
  real: digits === 0 ? [] : ['2024-02-29 12:00:00'],
});

/** MariaDB, and so the emulator, has no TIMESTAMP after 2038. */
function timestamp(digits: number): TypeCase {
  const { type, real = [], edges, values } = moment('timestamp', digits, '1970-01-01 00:00:01', 1971);
  const near = values.map((text) => `${1971 + (Number(text.slice(0, 4)) % 66)}${text.slice(4)}`);
  return { type, edges: edges.slice(0, 1), values: near, real: [...real, ...edges], realValues: values };
}

export const TIMES = {
  date: [{ type: 'date', edges: ['0001-01-01', '9999-12-31', '2024-02-29'], values: dayFrom(1) }],
  time: [0, 3, 6].map(time),
  datetime: [0, 3, 6].map((digits) => moment('datetime', digits, '0001-01-01 00:00:00', 1)),
  timestamp: [0, 3, 6].map(timestamp),
} as const satisfies Record<string, readonly TypeCase[]>;
