import fc from 'fast-check';
import { type Bytes, type TypeCase, utf8 } from './values/type-case.ts';
import { TYPE_CASES } from './values/type-cases.ts';

/** Types that no key of MatrixOne can have, or that none is replicated with. */
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
/** Longer than a key of MySQL may be, or with one value only. */
const UNFIT = /^(?:varchar\((?:0|16000)\)|varbinary\(65000\)|enum\('😀)/u;
/** As a key, the emulator has no such column. */
const REAL_ONLY = /^(?:uuid|decimal\(65,40\))/u;

/** Digits that a DOUBLE cannot tell apart, before and behind the point. */
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

/** The order of the declaration is not that of the texts. */
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

/** So many different values at most, edges among them. */
export function keysOf(
  { edges, values, real: realEdges = [], realValues }: TypeCase,
  count: number,
  seed: number,
  real: boolean,
): Bytes[] {
  const random = fc.sample(real ? (realValues ?? values) : values, { numRuns: count, seed });
  const all = [...edges, ...(real ? realEdges : []), ...random];
  // There is one zero.
  return [...new Set(all.map((value) => (value === '-0' ? '0' : value)))].slice(0, count);
}
