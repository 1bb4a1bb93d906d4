import fc from 'fast-check';
import type { Value } from '../../lib/data/change.ts';

interface TestColumn {
  readonly name: string;
  readonly type: string;
  readonly values: fc.Arbitrary<Value>;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const ascii = (values: fc.Arbitrary<string | number | bigint>): fc.Arbitrary<Buffer> =>
  values.map((v) => bytes(String(v)));
const pad = (n: number, width = 2): string => String(n).padStart(width, '0');

/** Texts that are easily formatted or parsed wrong. */
const TRAPS = [
  '',
  'NULL',
  'null',
  String.raw`\N`,
  '\\',
  "'",
  '"',
  '"quoted"',
  '\t',
  '\n',
  '\r\n',
  ',',
  '#',
  ' x ',
  '😀表',
  "a'b\\c",
  '0',
  '\x1a',
  '-- ',
  '`',
];
const text = (max: number): fc.Arbitrary<Buffer> =>
  fc
    .oneof(fc.constantFrom(...TRAPS), fc.string({ unit: 'binary', maxLength: max }), fc.string({ maxLength: max }))
    .map((value) => bytes(value.replaceAll('\0', '0')));
const binary = (max: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength: max }).map((value) => Buffer.from(value));

const day = fc.tuple(
  fc.integer({ min: 1000, max: 9999 }),
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 1, max: 28 }),
);
const clock = fc.tuple(
  fc.integer({ min: 0, max: 23 }),
  fc.integer({ min: 0, max: 59 }),
  fc.integer({ min: 0, max: 59 }),
);
// Never a fraction of zero: MySQL prints it, MatrixOne leaves it out.
const micros = fc.integer({ min: 1, max: 999_999 });
const dayText = day.map(([y, m, d]) => `${y}-${pad(m)}-${pad(d)}`);
const clockText = clock.map(([h, m, s]) => `${pad(h)}:${pad(m)}:${pad(s)}`);

/** Column types with values as servers print them, so that tests can compare byte for byte. */
const COLUMNS: readonly TestColumn[] = [
  { name: 'c_tiny', type: 'tinyint', values: ascii(fc.integer({ min: -128, max: 127 })) },
  { name: 'c_big', type: 'bigint', values: ascii(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })) },
  { name: 'c_ubig', type: 'bigint unsigned', values: ascii(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })) },
  { name: 'c_bool', type: 'bool', values: ascii(fc.constantFrom('0', '1')) },
  {
    name: 'c_dec',
    type: 'decimal(38,10)',
    values: fc
      .tuple(fc.bigInt({ min: -(10n ** 27n), max: 10n ** 27n }), fc.integer({ min: 0, max: 999_999_999 }))
      .map(([a, b]) => bytes(`${a}.${pad(b, 10)}`)),
  },
  { name: 'c_dbl', type: 'double', values: ascii(fc.integer({ min: -1_000_000, max: 1_000_000 }).map((v) => v / 8)) },
  { name: 'c_date', type: 'date', values: ascii(dayText) },
  {
    name: 'c_dt',
    type: 'datetime(6)',
    values: fc.tuple(dayText, clockText, micros).map(([d, t, u]) => bytes(`${d} ${t}.${pad(u, 6)}`)),
  },
  {
    name: 'c_ts',
    type: 'timestamp',
    values: fc.tuple(fc.integer({ min: 1971, max: 2037 }), clockText).map(([y, t]) => bytes(`${y}-06-15 ${t}`)),
  },
  {
    name: 'c_time',
    type: 'time(6)',
    values: fc.tuple(fc.boolean(), clockText, micros).map(([n, t, u]) => bytes(`${n ? '-' : ''}${t}.${pad(u, 6)}`)),
  },
  { name: 'c_year', type: 'year', values: ascii(fc.integer({ min: 1901, max: 2155 })) },
  { name: 'c_vc', type: 'varchar(200)', values: text(40) },
  { name: 'c_text', type: 'text', values: text(300) },
  { name: 'c_vb', type: 'varbinary(100)', values: binary(100) },
  { name: 'c_blob', type: 'blob', values: binary(500) },
  {
    name: 'c_bit',
    type: 'bit(17)',
    values: fc.integer({ min: 0, max: 2 ** 17 - 1 }).map((v) => Buffer.from([v >> 16, (v >> 8) & 255, v & 255])),
  },
  { name: 'c_enum', type: "enum('a','B b','it''s','4th')", values: ascii(fc.constantFrom('a', 'B b', "it's", '4th')) },
  {
    name: 'c_json',
    type: 'json',
    values: ascii(fc.constantFrom('{"a": 1}', '[]', '[1, "é\\\\n"]', '12345678901234567890', 'null', 'false')),
  },
];

/** Columns that the emulator cannot store: UUIDs, vectors, and JSON texts (it gets those with spaces around them). */
const MORE_COLUMNS: readonly TestColumn[] = [
  { name: 'c_uuid', type: 'uuid', values: ascii(fc.uuid()) },
  { name: 'c_vec', type: 'vecf32(3)', values: ascii(fc.constantFrom('[1, 2.5, -3]', '[0, 0, 0]')) },
  { name: 'c_jtext', type: 'json', values: ascii(fc.constantFrom('"x\\"y"', '"7"', '"true"', '" "', '""')) },
];

/** A table that has every type and a key of two columns, and rows for it. */
export class ValueTable {
  readonly #columns: readonly TestColumn[];

  constructor(emulated: boolean) {
    this.#columns = emulated ? COLUMNS : [...COLUMNS, ...MORE_COLUMNS];
  }

  get columns(): string[] {
    return ['id', 'part', ...this.#columns.map(({ name }) => name)];
  }

  /** CREATE TABLE as MatrixOne prints it. */
  definition(table: string): string {
    const columns = this.#columns.map(({ name, type }) => `  \`${name}\` ${type} DEFAULT NULL,\n`);
    return `CREATE TABLE \`${table}\` (
  \`id\` bigint NOT NULL,
  \`part\` varchar(20) NOT NULL,
${columns.join('')}  PRIMARY KEY (\`id\`,\`part\`)
)`;
  }

  /** `count` rows with distinct keys. */
  rows(count: number): fc.Arbitrary<Value[][]> {
    const row = fc.tuple(...this.#columns.map(({ values }) => fc.option(values, { freq: 8 })));
    return fc
      .array(row, { minLength: count, maxLength: count })
      .map((rows) =>
        rows.map((values, i) => [bytes(String(i - 2)), bytes(i % 2 === 0 ? `k${i}` : `'k"\\${i}`), ...values]),
      );
  }
}
