import fc from 'fast-check';

/** Pieces of which an attack on a statement is made: what ends names, texts and comments, and what would follow. */
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
/** Of values alone: what names cannot have, and what files and drivers treat in a way of their own. */
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

/** Names of up to 64 characters; the first are of the full length. A server may refuse some of them. */
export function hostileNames(count: number, seed: number): string[] {
  const pieces = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 });
  const long = ['表', '`', "'", '\\', 'é'].map((one) => one.repeat(64));
  const short = fc
    .sample(pieces, { numRuns: 4 * count, seed })
    .map((parts) => Array.from(parts.join('')).slice(0, 60).join(''));
  const usable = short.filter((name) => name === name.trim() && !/[\u3000]$/u.test(name));
  // Servers tell names apart without regard to case, and accents.
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
