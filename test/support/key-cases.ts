import fc from 'fast-check';
import { type Bytes, type TypeCase, utf8 } from './values/type-case.ts';
import { TYPE_CASES } from './values/type-cases.ts';

/** Types that a key of MatrixOne cannot have, and types that no task replicates in a key. */
const NO_KEYS = new Set<string>([
  ...[
    'float',
    'text',
    'datalink',
    'blob',
    'json',
    'array',
    'vecf32',
    'vecf64',
    'vecbf16',
    'vecf16',
    'vecint8',
    'vecuint8',
    'set',
  ],
  ...[
    'geometry',
    'point',
    'linestring',
    'polygon',
    'multipoint',
    'multilinestring',
    'multipolygon',
    'geometrycollection',
  ],
  ...['point32', 'linestring32', 'multipoint32', 'multilinestring32'],
]);
/** Types that are too long for a key of MySQL, or that have one value only. */
const UNFIT = /^(?:varchar\((?:0|16000)\)|varbinary\(65000\)|enum\('😀)/u;
/** Types that the emulator cannot have in a key. */
const REAL_ONLY = /^(?:uuid|decimal\(65,40\))/u;

/** Numbers whose digits, before and after the point, a DOUBLE cannot tell apart. */
const CLOSE: TypeCase = {
  type: 'decimal(38,37)',
  edges: [
    '0',
    '1',
    '-1',
    '0.5',
    '9.9999999999999999999999999999999999999',
    '-9.9999999999999999999999999999999999999',
  ].map(fixed),
  values: fc
    .tuple(fc.constantFrom('', '-'), fc.integer({ min: 0, max: 9 }), fc.bigInt({ min: 0n, max: 10n ** 6n }))
    .map(([sign, whole, end]) => fixed(`${sign}${whole}.${String(end).padStart(37, '0')}`)),
};

function fixed(text: string): string {
  const [whole = '0', digits = ''] = text.split('.');
  return `${whole}.${digits.padEnd(37, '0')}`.replace(/^-(0\.0+)$/u, '$1');
}

/** Labels whose order in the declaration is not their order as texts. */
const LABELS = ['m', 'Z', '10', 'a', '2', 'é', 'x y', "it's", 'b', '表', '1', 'c', 'D', 'k', '-'];
const SCRAMBLED: TypeCase = {
  type: `enum(${LABELS.map((label) => `'${label.replaceAll("'", "''")}'`).join(',')})`,
  edges: LABELS.map(utf8),
  values: fc.constantFrom(...LABELS).map(utf8),
};

/** Every type that a key may have, with values. */
export const keyCases = (real: boolean): readonly TypeCase[] =>
  [CLOSE, SCRAMBLED, ...Object.entries(TYPE_CASES).flatMap(([name, cases]) => (NO_KEYS.has(name) ? [] : cases))].filter(
    ({ type }) => !UNFIT.test(type) && (real || !REAL_ONLY.test(type)),
  );

/** At most `count` different values, edges among them. */
export function keysOf(
  { edges, values, real: realEdges = [], realValues }: TypeCase,
  count: number,
  seed: number,
  real: boolean,
): Bytes[] {
  const random = fc.sample(real ? (realValues ?? values) : values, { numRuns: count, seed });
  const all = [...edges, ...(real ? realEdges : []), ...random];
  // 0 and -0 are the same key.
  return [...new Set(all.map((value) => (value === '-0' ? '0' : value)))].slice(0, count);
}
