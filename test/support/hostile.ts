import fc from 'fast-check';

/**
 * The parts of an attack on a statement: texts that end names, literals and comments, and texts with which it would
 * continue.
 */
const PIECES = [
  ...[
    "'",
    '"',
    '`',
    '``',
    '\\',
    "\\'",
    ';',
    '--',
    '-- ',
    '#',
    '/*',
    '*/',
    '/*!50000 ',
    '%',
    '_',
    '$',
    '@',
    '?',
    '{',
    '}',
  ],
  ...[' ', '(', ')', '=', ',', '0x', '\u3000', '\u202e', 'é', '表', 'Ω', 'ß', 'İ', 'ı', 'a', 'B', '7'],
  ...['drop table canary', 'or 1=1', 'union select', "x'41'", "{snapshot='s'}", 'null', 'NULL', '\\N'],
];
/**
 * Parts for values only: characters that names cannot have, and those that files and drivers treat in a special way.
 */
const VALUES = [
  ...PIECES,
  '\0',
  '\b',
  '\n',
  '\r',
  '\t',
  '\u001a',
  '\u007f',
  '🐤',
  '👩‍🚀',
  '\ufeff',
  "'); drop table canary; --",
];

/** Names of up to 64 characters; the first names have all 64. A server may refuse some of them. */
export function hostileNames(count: number, seed: number): string[] {
  const pieces = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 });
  const long = ['表', '`', "'", '\\', 'é'].map((one) => one.repeat(64));
  const short = fc
    .sample(pieces, { numRuns: 4 * count, seed })
    .map((parts) => Array.from(parts.join('')).slice(0, 60).join(''));
  const usable = short.filter((name) => name === name.trim() && !/[\u3000]$/u.test(name));
  // Servers ignore case and accents when they compare names.
  const different = [
    ...new Map([...long, ...usable].map((name, at) => [name.toLowerCase().normalize('NFKD'), { name, at }])).values(),
  ];
  return different.slice(0, count).map(({ name }) => name);
}

export const hostileValues = (count: number, seed: number): string[] =>
  fc
    .sample(fc.array(fc.constantFrom(...VALUES), { maxLength: 12 }), { numRuns: count, seed })
    .map((parts) => parts.join(''));

/** The text as a literal of SQL. */
export const sqlText = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`;
