import type { Column } from '../data/change.ts';
import { baseType, isWideDecimal, typeNumbers } from './column-type.ts';
import { quoteName } from './identifier.ts';

/** How the values of a type are written as texts: arguments of `concat_ws`. */
interface TextRule {
  readonly type: RegExp;
  /** Can a MySQL or MariaDB column of this type have the same texts? */
  readonly fits: (type: string, sinkType: string) => boolean;
  readonly text: (name: string) => string;
  /** What MatrixOne needs instead. */
  readonly matrixone?: (name: string) => string;
}

const NULL = "'N'";
const orNull = (value: string): string => `ifnull(${value}, ${NULL})`;
/** `concat_ws` leaves a NULL out, so the length tells it. */
const measured = (name: string): string => `${orNull(`length(${name})`)}, ${name}`;
/** MatrixOne makes both arguments of `ifnull` moments, if one is. */
const flagged = (name: string): string => `if(${name} is null, ${NULL}, ''), ${name}`;
/** Long values: an expression over them may be cut, or too long for the server. */
const digested = (name: string): string => orNull(`sha2(${name}, 256)`);
/** In UTC, which all sessions have, a TIMESTAMP is printed as a DATETIME. */
const momentOf = (type: string): string => baseType(type).replace('timestamp', 'datetime');
const sameFraction = (type: string, sinkType: string): boolean =>
  momentOf(type) === momentOf(sinkType) && typeNumbers(type).join() === typeNumbers(sinkType).join();

/** `utf8mb3` has all that its column can hold in the same bytes. */
const UTF8_TEXT = /^(?:(?:var)?char|(?:tiny|medium|long)?text)\b.* character set utf8(?:mb[34])? /u;
const BYTES = /^(?:(?:var)?binary|(?:tiny|medium|long)?blob)\b/u;

/**
 * Types whose texts tell values apart on either server, and are the same for the same value but for rare ones, such as numbers near
 * a DOUBLE's ends: these count as different, and are compared by reading them. JSON, sets and the rest have no such text.
 */
const RULES: readonly TextRule[] = [
  {
    type: /^(?:tiny|small|medium|big)?int\b/u,
    fits: (_type, sinkType) => /^(?:tiny|small|medium|big)?int\b(?!.*zerofill)/u.test(sinkType),
    text: orNull,
  },
  {
    type: /^bool\b/u,
    fits: (_type, sinkType) => /^tinyint\b/u.test(sinkType),
    // As a text it would be true or false.
    matrixone: (name) => `case when ${name} then '1' when not ${name} then '0' else ${NULL} end`,
    text: orNull,
  },
  {
    type: /^decimal\b/u,
    fits: (type, sinkType) =>
      !isWideDecimal(type) && /^decimal\b/u.test(sinkType) && typeNumbers(type)[1] === typeNumbers(sinkType)[1],
    text: orNull,
  },
  // Not FLOAT at a sink: MySQL prints six digits of one.
  {
    type: /^(?:double|float)\b/u,
    fits: (_type, sinkType) => /^double\b/u.test(sinkType),
    text: orNull,
  },
  { type: /^year\b/u, fits: (_type, sinkType) => /^year\b/u.test(sinkType), text: flagged },
  { type: /^(?:date|datetime|timestamp|time)\b/u, fits: sameFraction, text: flagged },
  {
    type: /^bit\b/u,
    fits: (_type, sinkType) => /^bit\b/u.test(sinkType),
    text: (name) => orNull(`cast(${name} as unsigned)`),
  },
  {
    type: /^(?:var)?char\((?:\d\d?|1\d\d|2[0-4]\d|25[0-5])\)/u,
    fits: (_type, sinkType) => UTF8_TEXT.test(sinkType),
    text: measured,
  },
  {
    type: /^(?:(?:var)?char|(?:tiny|medium|long)?text)\b/u,
    fits: (_type, sinkType) => UTF8_TEXT.test(sinkType),
    text: digested,
  },
  {
    type: /^(?:(?:var)?binary|(?:tiny|medium|long)?blob)\b/u,
    fits: (_type, sinkType) => BYTES.test(sinkType),
    text: digested,
  },
];

const ruleOf = ({ type }: Column): TextRule | undefined => RULES.find((rule) => rule.type.test(type));

/** The text of a value at a MatrixOne source; undefined if sinks of other kinds cannot have the same. */
export function matrixoneText(column: Column): string | undefined {
  const rule = ruleOf(column);
  return (rule?.matrixone ?? rule?.text)?.(quoteName(column.name));
}

/** The text of a value at a MySQL or MariaDB sink with a column of type `sinkType`. */
export function mysqlText(column: Column, sinkType: string): string | undefined {
  const rule = ruleOf(column);
  return rule?.fits(column.type, sinkType) === true ? rule.text(quoteName(column.name)) : undefined;
}
