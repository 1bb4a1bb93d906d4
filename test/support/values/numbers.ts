import fc from 'fast-check';
import { type Bytes, numbersFrom, pad, type TypeCase } from './type-case.ts';

const integer = (type: string, bits: bigint): TypeCase[] => [
  { type, ...numbersFrom(-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n) },
  { type: `${type} unsigned`, ...numbersFrom(0n, 2n ** bits - 1n) },
];

function decimal(precision: number, scale: number): TypeCase {
  const largest = 10n ** BigInt(precision) - 1n;
  const print = (digits: bigint): string => {
    const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
    const point = text.length - scale;
    return `${digits < 0n ? '-' : ''}${text.slice(0, point)}${scale === 0 ? '' : `.${text.slice(point)}`}`;
  };
  return {
    type: `decimal(${precision},${scale})`,
    // MatrixOne 4.2.0 refuses the largest decimal(38,38), and reads only 37 digits after the point.
    edges: (scale === 38 ? [0n, 10n, -10n] : [0n, 1n, -1n, largest, -largest]).map(print),
    values: fc.bigInt({ min: -(largest / 100n), max: largest / 100n }).map((digits) => print(digits * 10n)),
  };
}

function bit(width: number): TypeCase {
  const length = Math.ceil(width / 8);
  const print = (value: bigint): Bytes =>
    Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex').toString('latin1');
  const most = 2n ** BigInt(width) - 1n;
  // The bytes of a tab, a newline, a quote, a backslash, and of NULL and \N.
  const traps = [0n, 1n, 9n, 10n, 0x22n, 0x27n, 0x5cn, 0x4e55_4c4cn, 0x5c4en, most].filter((value) => value <= most);
  return {
    type: `bit(${width})`,
    edges: [...new Set(traps)].map(print),
    values: fc.bigInt({ min: 0n, max: most }).map(print),
  };
}

/** Numbers that MariaDB prints as MatrixOne does. Others are tested on real servers. */
const eighths = fc.integer({ min: -8_000, max: 8_000 }).map((n) => String(n / 8));
const FLOAT_EDGES = ['0', '1.5', '-1', '0.25', '16384'];

const floats: TypeCase = {
  type: 'float',
  edges: FLOAT_EDGES,
  values: eighths,
  real: ['-0', '-3.4028235e38', '1.17549435e-38', '1e-45', '16777216', '123456790', '0.1', '1e10', '0.00001'],
  realValues: fc
    .float({ noNaN: true, noDefaultInfinity: true, max: Math.fround(3e38), min: -Math.fround(3e38) })
    .map(String),
  refused: ['NaN', '+Infinity', '-Infinity'],
};

const doubles: TypeCase = {
  type: 'double',
  edges: FLOAT_EDGES,
  values: eighths,
  real: [
    ...['1e-300', '5e-324', '-5e-324', '2.2250738585072014e-308', '1.7976931348623157e308', '-1.7976931348623157e308'],
    ...['-0', '0.1', '0.30000000000000004', '123456789012345680', '1e15', '1e16', '1e21', '1e-7'],
  ],
  realValues: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  refused: floats.refused ?? [],
};

export const NUMBERS = {
  bool: [{ type: 'bool', edges: ['0', '1'], values: fc.constantFrom('0', '1') }],
  tinyint: integer('tinyint', 8n),
  smallint: integer('smallint', 16n),
  int: integer('int', 32n),
  bigint: integer('bigint', 64n),
  bit: [1, 7, 8, 9, 16, 17, 32, 63, 64].map(bit),
  float: [floats],
  double: [doubles],
  decimal: [
    ...[decimal(5, 0), decimal(18, 4), decimal(38, 0), decimal(38, 10), decimal(38, 38)],
    ...[decimal(39, 0), decimal(65, 0), decimal(65, 30), decimal(65, 40)],
  ],
  year: [
    {
      type: 'year',
      edges: ['1901', '2155', '0000'],
      values: fc.integer({ min: 1901, max: 2155 }).map((y) => pad(y, 4)),
    },
  ],
} as const satisfies Record<string, readonly TypeCase[]>;
