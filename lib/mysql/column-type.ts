/** How the values of a column are written into a statement. */
export type ValueKind = 'number' | 'floating' | 'bit' | 'bytes' | 'text';

const NUMBERS = new Set(
  `tinyint smallint mediumint int integer bigint int8 int16 int32 int64 decimal decimal64 decimal128 decimal256 numeric
   dec year bool boolean`.split(/\s+/u),
);
const FLOATING = new Set(['float', 'double', 'real']);
const BYTES = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']);

/** The first word of a declared type: `varchar` of `varchar(50)`. */
export const baseType = (type: string): string => /^[a-z]\w*/u.exec(type)?.[0] ?? type;

export function valueKind(type: string): ValueKind {
  const base = baseType(type);
  if (NUMBERS.has(base)) return 'number';
  if (FLOATING.has(base)) return 'floating';
  if (base === 'bit') return 'bit';
  return BYTES.has(base) ? 'bytes' : 'text';
}

/** The numbers in the parentheses of a type: [10, 2] of `decimal(10,2)`. */
export const typeNumbers = (type: string): number[] =>
  (/^\w+\s*\(([\d\s,]+)\)/u.exec(type)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
