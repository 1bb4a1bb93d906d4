import { COLUMN_TYPES, REFUSED_TYPES, type ColumnTypeRule, type ValueKind } from './column-types.ts';

/** Synonyms of types: servers print some, people write others. */
const SYNONYMS: Readonly<Record<string, string>> = {
  ...{ mediumint: 'int', integer: 'int', boolean: 'bool', real: 'double', numeric: 'decimal', dec: 'decimal' },
  ...{ tinytext: 'text', mediumtext: 'text', longtext: 'text', tinyblob: 'blob', mediumblob: 'blob', longblob: 'blob' },
};

const RULES: Readonly<Record<string, ColumnTypeRule>> = COLUMN_TYPES;

/** The first word of a declared type: `varchar` of `varchar(50)`. */
export const baseType = (type: string): string => /^[a-z]\w*/u.exec(type)?.[0] ?? type;

/** The rule for a declared type; undefined if the type is not known. */
export function columnTypeRule(type: string): ColumnTypeRule | undefined {
  const base = baseType(type);
  const name = Object.hasOwn(SYNONYMS, base) ? (SYNONYMS[base] ?? base) : base;
  return Object.hasOwn(RULES, name) ? RULES[name] : undefined;
}

/** Why a type cannot be replicated; undefined if it can. */
export function typeRefusal(type: string): string | undefined {
  if (columnTypeRule(type) !== undefined) return undefined;
  const base = baseType(type);
  return (Object.hasOwn(REFUSED_TYPES, base) ? REFUSED_TYPES[base] : undefined) ?? 'it is not known how to';
}

export const valueKind = (type: string): ValueKind => columnTypeRule(type)?.kind ?? 'text';

/** The type that a declared type has in MySQL and MariaDB. */
export function mysqlColumnType(type: string): string {
  const { mysql = 'same' } = columnTypeRule(type) ?? {};
  if (typeof mysql === 'function') return mysql(type);
  return mysql === 'same' ? type : mysql;
}

/** The numbers in the parentheses of a type: [10, 2] of `decimal(10,2)`. */
export const typeNumbers = (type: string): number[] =>
  (/^\w+\s*\(([\d\s,]+)\)/u.exec(type)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);

/** In MatrixOne, a decimal of more digits than this has 256 bits. */
const DECIMAL128_DIGITS = 38;

/** Is it a decimal of 256 bits? Several functions of MatrixOne 4.2.0 refuse one. */
export const isWideDecimal = (type: string): boolean =>
  /^decimal256\b/u.test(type) ||
  (/^(?:decimal|numeric|dec)\b/u.test(type) && (typeNumbers(type)[0] ?? 0) > DECIMAL128_DIGITS);
