import { baseType, typeNumbers, valueKind } from '../sql/column-type.ts';

/** Exact numbers, compared as numbers. */
const EXACT = /^(?:bool|bit|(?:tiny|small|medium|big)?int|decimal|year)\b/u;
/** With this many digits behind the point, MatrixOne compares decimals as DOUBLEs (see matrixoneRangeLiteralOf). */
const ROUNDED = 38;
const MOMENT = /^(?:datetime|timestamp)\b/u;
const BYTES = /^(?:(?:var)?binary|(?:tiny|medium|long)?blob)\b/u;
/** Texts ordered by code point, which is the order of UTF-8, with the spaces at the end. */
const TEXT =
  /^(?:(?:var)?char|(?:tiny|medium|long)?text)\b.* character set utf8(?:mb[34])? collate \S+(?:_nopad|_0900)_bin$/u;

/**
 * Does a MySQL or MariaDB column of type `sinkType` order values as a MatrixOne column of type `type` does? Only then
 * does a key range hold the same keys at both ends. It does not if a decimal is stored as text, nor for labels: MySQL
 * compares them as texts, and a user may have declared them in another order.
 */
export function ordersAlike(type: string, sinkType: string): boolean {
  const base = baseType(type);
  switch (valueKind(type)) {
    case 'number':
    case 'bit':
      return EXACT.test(sinkType) && fraction(sinkType) >= fraction(type) && fraction(type) < ROUNDED;
    case 'float':
      return base === 'double' && /^double\b/u.test(sinkType);
    case 'bytes':
      return BYTES.test(sinkType);
    case 'geometry':
      return false;
    case 'text':
      return textOrdersAlike(base, type, sinkType);
  }
}

function textOrdersAlike(base: string, type: string, sinkType: string): boolean {
  if (/^(?:char|varchar|text|uuid)$/u.test(base)) return TEXT.test(sinkType) || BYTES.test(sinkType);
  const sameKind = MOMENT.test(type)
    ? MOMENT.test(sinkType)
    : /^(?:date|time)$/u.test(base) && base === baseType(sinkType);
  return sameKind && fraction(sinkType) >= fraction(type);
}

/** Digits behind the point. A column with fewer digits rounds values. */
function fraction(type: string): number {
  const [first = 0, second = 0] = typeNumbers(type);
  if (/^decimal\b/u.test(type)) return second;
  return /^(?:datetime|timestamp|time)\b/u.test(type) ? first : 0;
}
