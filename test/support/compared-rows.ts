import fc from 'fast-check';
import type { Row, Value } from '../../lib/data/change.ts';

/** A column of a compared table, with texts that servers of both kinds accept as values of it. */
export interface ComparedColumn {
  readonly name: string;
  readonly type: string;
  readonly values: fc.Arbitrary<Value>;
}

const texts = (values: fc.Arbitrary<string | number | bigint>): fc.Arbitrary<Value> =>
  values.map((value) => Buffer.from(Object.is(value, -0) ? '-0' : String(value), 'utf8'));
const bytes = (lengths: { minLength?: number; maxLength: number }): fc.Arbitrary<Value> =>
  fc.uint8Array(lengths).map((value) => Buffer.from(value));
const pad = (n: number, width = 2): string => String(n).padStart(width, '0');
const upTo = (max: number, min = 0): fc.Arbitrary<number> => fc.integer({ min, max });

/** Texts that look much like another text. */
const LOOKALIKES = [
  '',
  ' ',
  'NULL',
  'null',
  '-',
  '0',
  'a',
  'A',
  'a ',
  ' a',
  'ä',
  'a\u0308',
  'x\t',
  '1:-',
  "'",
  '\\',
  '😀',
];
const words = fc.oneof(fc.constantFrom(...LOOKALIKES), fc.string({ unit: 'grapheme', maxLength: 8 }));
const withoutNul = words.map((word) => word.replaceAll('\0', '0'));

const days = fc.tuple(upTo(9999, 1000), upTo(12, 1), upTo(28, 1)).map(([y, m, d]) => `${y}-${pad(m)}-${pad(d)}`);
const clocks = fc.tuple(upTo(23), upTo(59), upTo(59)).map(([h, m, s]) => `${pad(h)}:${pad(m)}:${pad(s)}`);
const fractions = (digits: number): fc.Arbitrary<string> =>
  fc.oneof(fc.constant(0), upTo(10 ** digits - 1)).map((n) => `.${pad(n, digits)}`);
const moments = (digits: number): fc.Arbitrary<string> =>
  fc.tuple(days, clocks, digits === 0 ? fc.constant('') : fractions(digits)).map(([d, c, f]) => `${d} ${c}${f}`);
const decimals = (whole: bigint, scale: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.bigInt({ min: -whole, max: whole }), fc.bigInt({ min: 0n, max: 10n ** BigInt(scale) - 1n }))
    .map(([a, b]) => `${a}.${String(b).padStart(scale, '0')}`);
const labels = fc.subarray(['a', 'b b', "it's", 'z']).map((some) => some.join(','));

const COLUMNS: readonly ComparedColumn[] = [
  { name: 'tiny', type: 'tinyint', values: texts(upTo(127, -128)) },
  { name: 'ubig', type: 'bigint unsigned', values: texts(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })) },
  { name: 'dec18', type: 'decimal(10,2)', values: texts(decimals(9_999n, 2)) },
  { name: 'dec38', type: 'decimal(38,10)', values: texts(decimals(10n ** 27n, 10)) },
  { name: 'dbl', type: 'double', values: texts(fc.double({ noNaN: true, noDefaultInfinity: true })) },
  // Not the largest FLOAT: MySQL and MariaDB refuse its shortest text, because that is a little larger.
  { name: 'flt', type: 'float', values: texts(fc.float({ noNaN: true, min: -(2 ** 127), max: 2 ** 127 })) },
  { name: 'truth', type: 'bool', values: texts(fc.constantFrom('0', '1')) },
  { name: 'day', type: 'date', values: texts(days) },
  { name: 'dt', type: 'datetime', values: texts(moments(0)) },
  { name: 'dt3', type: 'datetime(3)', values: texts(moments(3)) },
  { name: 'dt6', type: 'datetime(6)', values: texts(moments(6)) },
  {
    name: 'ts6',
    type: 'timestamp(6)',
    values: texts(fc.tuple(upTo(2037, 1971), clocks, fractions(6)).map(([y, c, f]) => `${y}-06-15 ${c}${f}`)),
  },
  {
    name: 'tm6',
    type: 'time(6)',
    values: texts(
      fc
        .tuple(fc.boolean(), upTo(800), clocks, fractions(6))
        .map(([n, h, c, f]) => `${n ? '-' : ''}${pad(h)}${c.slice(2)}${f}`),
    ),
  },
  { name: 'yr', type: 'year', values: texts(upTo(2155, 1901)) },
  { name: 'ch', type: 'char(20)', values: texts(withoutNul) },
  { name: 'vc', type: 'varchar(50)', values: texts(withoutNul) },
  { name: 'txt', type: 'text', values: texts(withoutNul) },
  { name: 'bin', type: 'binary(5)', values: bytes({ minLength: 5, maxLength: 5 }) },
  { name: 'vb', type: 'varbinary(20)', values: bytes({ maxLength: 8 }) },
  { name: 'blb', type: 'blob', values: bytes({ maxLength: 8 }) },
  {
    name: 'bits',
    type: 'bit(17)',
    values: upTo(2 ** 17 - 1).map((v) => Buffer.from([v >> 16, (v >> 8) & 255, v & 255])),
  },
  { name: 'en', type: "enum('a','A','it''s','NULL')", values: texts(fc.constantFrom('a', "it's", 'NULL')) },
  { name: 'st', type: "set('a','b b','it''s','z')", values: texts(labels) },
  { name: 'doc', type: 'json', values: texts(fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify([value]))) },
];

/** Columns that the emulator does not know. */
const MORE_COLUMNS: readonly ComparedColumn[] = [
  { name: 'uid', type: 'uuid', values: texts(fc.uuid()) },
  { name: 'jstr', type: 'json', values: texts(fc.constantFrom('"7"', '7', '"null"', 'null', '"a"', '"A"', '"a "')) },
  {
    name: 'v32',
    type: 'vecf32(2)',
    values: texts(fc.tuple(upTo(99), fc.integer()).map(([a, b]) => `[${a}.5, ${b / 7}]`)),
  },
  {
    name: 'v64',
    type: 'vecf64(1)',
    values: texts(fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => `[${v}]`)),
  },
  { name: 'dec60', type: 'decimal(60,5)', values: texts(decimals(10n ** 50n, 5)) },
];

/** Their texts are not the same everywhere. */
const UNHASHED = new Set(['dbl', 'flt', 'en', 'st', 'doc', 'uid', 'jstr', 'v32', 'v64', 'dec60']);

/** A table with every type that can be compared, and a key of two columns. */
export class ComparedTable {
  readonly columns: readonly ComparedColumn[];

  /** `hashed`: only columns that a MySQL server can hash as MatrixOne does. */
  constructor(emulated: boolean, which: 'all' | 'hashed') {
    const columns = emulated ? COLUMNS : [...COLUMNS, ...MORE_COLUMNS];
    this.columns = which === 'all' ? columns : columns.filter(({ name }) => !UNHASHED.has(name));
  }

  /** CREATE TABLE as MatrixOne prints it. */
  definition(table: string): string {
    const lines = this.columns.map(({ name, type }) => `  \`${name}\` ${type} DEFAULT NULL,\n`);
    return `CREATE TABLE \`${table}\` (
  \`id\` int NOT NULL,
  \`part\` varchar(20) NOT NULL,
${lines.join('')}  PRIMARY KEY (\`id\`,\`part\`)
)`;
  }

  rows(count: number): fc.Arbitrary<Row[]> {
    const row = fc.tuple(...this.columns.map(({ values }) => fc.option(values, { freq: 5 })));
    return fc
      .array(row, { minLength: count, maxLength: count })
      .map((rows) =>
        rows.map((values, i) => [Buffer.from(String(i)), Buffer.from(i % 2 === 0 ? 'a' : 'A '), ...values]),
      );
  }

  /** One value of one row, and the value that replaces it: another one of the type, or the one of the next row. */
  tampering(rows: number): fc.Arbitrary<{ row: number; column: number; value: Value | 'of the next row' }> {
    const column = upTo(this.columns.length - 1);
    return fc.tuple(upTo(rows - 1), column).chain(([row, index]) => {
      const values = this.columns[index]?.values ?? fc.constant(null);
      const value = fc.oneof(values, fc.constant(null), fc.constant('of the next row' as const));
      return value.map((one) => ({ row, column: index + 2, value: one }));
    });
  }
}
