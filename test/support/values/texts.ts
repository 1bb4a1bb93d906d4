import fc from 'fast-check';
import { type Bytes, type TypeCase, utf8 } from './type-case.ts';

/** Texts that are easily formatted or parsed wrong. */
const TRAPS = [
  ...['', 'NULL', 'null', String.raw`\N`, '\\', '\\\\', "'", '"', '"quoted"', '"a"b', 'a"', '\t', '\n', '\r\n', ','],
  ...['#', ' x ', 'x ', '😀表', "a'b\\c", '0', '\x1a', '-- ', '`', '\ufeffx', '\0', 'a\0b', '{{1}}', '%s', 'é'],
];

const text = (type: string, characters: number): TypeCase => ({
  type,
  edges: TRAPS.filter((trap) => Array.from(trap).length <= characters).map(utf8),
  values: fc
    .oneof(fc.string({ unit: 'binary', maxLength: characters }), fc.string({ maxLength: characters }))
    .map((value) => utf8(Array.from(value).slice(0, characters).join(''))),
});

const BYTES = [
  '',
  'NULL',
  '\0',
  '\0\0\xff',
  '\xff',
  '\\',
  '\\N',
  '"',
  '"a"',
  "'",
  '\n\r\t',
  ' ',
  '\xc3',
  '\x80',
  '\x1a',
];
const bytes = (max: number): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ maxLength: max }).map((value) => Buffer.from(value).toString('latin1'));

const fixed = (length: number): TypeCase => ({
  type: `binary(${length})`,
  edges: BYTES.filter((value) => value.length <= length).map((value) => value.padEnd(length, '\0')),
  values: bytes(length).map((value) => value.padEnd(length, '\0')),
});

const flexible = (type: string, length: number): TypeCase => ({
  type,
  edges: BYTES.filter((value) => value.length <= length),
  values: bytes(length),
});

const labelled = (type: string, labels: readonly string[], more: readonly string[] = []): TypeCase => ({
  type: `${type}(${labels.map((label) => `'${label.replaceAll("'", "''")}'`).join(',')})`,
  edges: [...labels, ...more].map(utf8),
  values: fc.constantFrom(...labels, ...more).map(utf8),
});

/** MatrixOne prints the keys of an object in order, and a space after each colon and comma. */
function printJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}: ${printJson(member)}`).join(', ')}}`;
}

const { json } = fc.letrec<{ json: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(null, true, false),
    fc.integer(),
    fc.string({ unit: fc.constantFrom(...Array.from('ab "\\/é表😀,:\n\t'), "'") }),
  ),
  json: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: fc.constantFrom(...Array.from('kK"\\ é表')) }), tie('json'), { maxKeys: 4 }),
  ),
}));

const documents: TypeCase = {
  type: 'json',
  edges: [
    ...['{"a": 1}', '{}', '[]', '7', '-7', '0', '1.5', 'true', 'false', 'null', '{"": ""}', '{"k\\"q": "v"}'],
    ...['12345678901234567890', '9007199254740993', '-9223372036854775808', '["a,b", "#"]', '{"a": "\\t", "b": 2}'],
    ...[
      '[1, [2, [3, {"x": [null, true]}]]]',
      '["😀表", "é"]',
      '"x"',
      '""',
      '" "',
      '"7"',
      '"true"',
      '"null"',
      '"\\"q\\""',
    ],
    ...['"\\\\"', '"/"', '"😀表"', '"a\\nb"', '"\\u0000"', '" x "'],
  ].map(utf8),
  values: json.map((value) => utf8(printJson(value))),
  real: ['1e300', '1e-7', '-1.5e-10', '123456789012345678901234567890', '1.0', '{"b":1,"a":2,"a":3}', '"\\u00e9"'],
};

export const TEXTS = {
  char: [text('char(10)', 10), text('char(255)', 255)],
  varchar: [
    text('varchar(20)', 20),
    text('varchar(16000)', 300),
    { type: 'varchar(0)', edges: [''], values: fc.constant('') },
  ],
  text: [text('text', 300)],
  datalink: [
    {
      type: 'datalink',
      edges: ['file:///tmp/a.txt', 'file:///a.csv?offset=1&size=2', utf8('file:///ü表.txt')],
      values: fc.webPath().map((path) => `file:///x${path}`),
    },
  ],
  binary: [fixed(1), fixed(4), fixed(255)],
  varbinary: [flexible('varbinary(10)', 10), flexible('varbinary(65000)', 400)],
  blob: [flexible('blob', 500)],
  json: [documents],
  array: [
    {
      type: 'array(int)',
      edges: ['[]', '[1, 2, 3]', '[null]'],
      values: fc.array(fc.integer({ min: -99, max: 99 })).map(printJson),
    },
    {
      type: 'array(varchar(5))',
      edges: ['[]', '["a", "b"]', '["\\"", "\\\\", ""]', utf8('["表😀"]')],
      values: fc.array(fc.constantFrom('', 'a', 'b c', '"', "it's")).map(printJson),
    },
  ],
  uuid: [
    {
      type: 'uuid',
      edges: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
      values: fc.uuid(),
    },
  ],
  enum: [
    labelled('enum', ['a', 'B b', "it's", '4th']),
    labelled('enum', ['x', '7', '1', '', '0']),
    labelled('enum', ['Größe', '表']),
    // MariaDB prints question marks for labels with such characters.
    { type: "enum('😀','b')", edges: ['b'], values: fc.constant('b'), real: [utf8('😀')] },
  ],
  set: [
    labelled('set', ['a', 'B', "it's", 'x y'], ['', 'a,B', "B,it's", "a,B,it's,x y"]),
    labelled('set', ['2', '1', 'X'], ['', '2,1', '2,X', '2,1,X']),
    labelled('set', ['a', '0'], ['', 'a,0']),
    labelled('set', ['Größe', '表'], ['Größe,表']),
  ],
} as const satisfies Record<string, readonly TypeCase[]>;
