import { baseType, typeNumbers } from '../../sql/column-type.ts';

const INTEGERS = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];
/** Types of which a longer one holds all values of a shorter one. */
const BY_LENGTH = new Set(['varchar', 'varbinary', 'bit', 'datetime', 'timestamp', 'time']);
const LENGTHS: Readonly<Record<string, number>> = { bit: 1 };
const TEXT_BYTES = 65_535;
const BYTES_PER_CHARACTER = 4;

/**
 * Can a column of type `present` hold every value of type `wanted`? False if that is not certain. Both types are as
 * declared, in any case of letters.
 */
export function holds(present: string, wanted: string): boolean {
  const [from, to] = [plainType(present), plainType(wanted)];
  const [has, needs] = [baseType(from), baseType(to)];
  if (/\bunsigned\b/u.test(from) !== /\bunsigned\b/u.test(to) || !holdsAnyText(present)) return false;
  if (from === to) return true;
  if (INTEGERS.includes(has) && INTEGERS.includes(needs)) return INTEGERS.indexOf(has) >= INTEGERS.indexOf(needs);
  if (needs === 'varchar') {
    const [characters = 0] = typeNumbers(to);
    if (has === 'longtext' || has === 'mediumtext') return true;
    if (has === 'text') return characters * BYTES_PER_CHARACTER <= TEXT_BYTES;
  }
  if (has !== needs) return false;
  if (has === 'decimal') return holdsDecimal(typeNumbers(from), typeNumbers(to));
  const [{ [has]: least = 0 }, [room], [need]] = [LENGTHS, typeNumbers(from), typeNumbers(to)];
  return BY_LENGTH.has(has) && (room ?? least) >= (need ?? least);
}

const holdsDecimal = ([digits = 10, scale = 0]: readonly number[], [need = 10, needScale = 0]: readonly number[]) =>
  scale >= needScale && digits - scale >= need - needScale;

/** The source's texts are UTF-8. */
const holdsAnyText = (type: string): boolean => !/ character set (?!utf8mb4\b|binary\b)/u.test(type.toLowerCase());

/**
 * The type in lower case, without character set and collation, and without the display width that some servers print.
 */
export const plainType = (type: string): string =>
  type
    .toLowerCase()
    .split(' character set ', 1)
    .join('')
    .replace(/^((?:tiny|small|medium|big)?int)\s*\(\d+\)/u, '$1')
    .replaceAll(/\s+/gu, ' ')
    .trim();
